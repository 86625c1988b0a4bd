using System.Text.Json;
using System.Text.Json.Nodes;
using NhiGrains.Domain;
using NhiGrains.Platforms.Aws.Api;
using NhiGrains.Platforms.Aws.Compiling;

namespace NhiGrains.Platforms.Aws.Objects;

/// <summary>
/// Who may assume a role. One of ours: the control plane, and nobody else. One that is not ours lets others in from the beginning, and
/// has a tag that says what it was when we first gave it something.
/// </summary>
internal static class Trust
{
    public const string Kind = "TrustPolicy";
    public const string Tag = "nhigrains:trust";

    /// <summary>AWS's limit. A role whose tags are all taken by others has none from us, and is given what it is to have all the same.</summary>
    public const int MostTags = 50;

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

    public static string DigestOf(string document) => Canonical.DigestOfText(PolicyText.Shown(document))[..32];

    /// <summary>Whether somebody has changed who may assume a role that is not ours, since we first gave it something.</summary>
    public static bool IsChanged(IamPrincipal role) =>
        role.TrustPolicy is { } document && role.Tags.TryGetValue(Tag, out var known) && known != DigestOf(document);

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
