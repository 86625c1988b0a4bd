namespace NhiGrains.Sandbox.Aws;

/// <summary>A role that an account is to begin with.</summary>
/// <param name="Path">With a slash before and after.</param>
/// <param name="InlinePolicies">Documents by name.</param>
public sealed record AwsRoleSeed(
    string Name, string Path, IReadOnlyDictionary<string, string> Tags, IReadOnlyDictionary<string, string> InlinePolicies);
