namespace NhiGrains.Sandbox.Aws.State;

/// <summary>How things of one account are named.</summary>
internal sealed record Arns(string AccountId)
{
    public string Root => $"arn:aws:iam::{AccountId}:root";

    /// <param name="path">With a slash before and after.</param>
    public string Entity(EntityKind kind, string path, string name) => $"arn:aws:iam::{AccountId}:{kind.ToString().ToLowerInvariant()}{path}{name}";

    public string Policy(string path, string name) => $"arn:aws:iam::{AccountId}:policy{path}{name}";

    public string Session(string role, string session) => $"arn:aws:sts::{AccountId}:assumed-role/{role}/{session}";
}
