using System.Text.Json;
using System.Text.Json.Nodes;
using NhiGrains.Platforms.Aws.Compiling;

namespace NhiGrains.Platforms.Aws.Objects;

/// <summary>Who may assume a role of ours: the control plane, and nobody else.</summary>
internal static class Trust
{
    public const string Kind = "TrustPolicy";

    public static string DocumentFor(string principalArn) => new JsonObject
    {
        ["Version"] = "2012-10-17",
        ["Statement"] = new JsonArray(new JsonObject
        {
            ["Effect"] = "Allow",
            ["Principal"] = new JsonObject { ["AWS"] = principalArn },
            ["Action"] = "sts:AssumeRole",
        }),
    }.ToJsonString();

    public static bool IsFor(string? document, string principalArn)
    {
        try
        {
            return document is not null && PolicyText.Canonical(document) == PolicyText.Canonical(DocumentFor(principalArn));
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
