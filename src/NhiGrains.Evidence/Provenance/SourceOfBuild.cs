using System.Text.Json;
using NhiGrains.Evidence.Reading;

namespace NhiGrains.Evidence.Provenance;

/// <summary>
/// Where a build's source came from, if it says so in one of the forms that are common. Parameters are what somebody asked the builder
/// for, and dependencies what it fetched: where the two differ, nothing is said.
/// </summary>
internal sealed record SourceOfBuild(string? Repository, string? Ref)
{
    private const string Git = "git+";

    private static readonly SourceOfBuild Unknown = new(null, null);

    public static SourceOfBuild Find(JsonElement build)
    {
        var asked = Named(build.At("externalParameters", "workflow"), "repository") ?? Named(build.At("externalParameters"), "repository")
            ?? Named(build.At("externalParameters", "source"), "repository") ?? OfGit(build.At("externalParameters").Text("source"));
        var fetched = Fetched(build);
        if (asked is not null)
            return fetched.All(asked.AgreesWith) ? asked : Unknown;
        // Several would leave open which of them is the source.
        return fetched is [var only] ? only : Unknown;
    }

    private static SourceOfBuild? Named(JsonElement parameters, string repository) =>
        parameters.Text(repository) is { Length: > 0 } name ? new(name, parameters.Text("ref")) : null;

    private static SourceOfBuild[] Fetched(JsonElement build) => build.At("resolvedDependencies") is { ValueKind: JsonValueKind.Array } list
        ? [.. list.EnumerateArray().Select(one => OfGit(one.Text("uri"))).OfType<SourceOfBuild>().Distinct()]
        : [];

    private bool AgreesWith(SourceOfBuild fetched) =>
        Bare(Repository) == Bare(fetched.Repository) && (Ref is null || fetched.Ref is null || IsCommit(fetched.Ref) || IsSame(Ref, fetched.Ref));

    private static string? Bare(string? repository)
    {
        var address = repository?.StartsWith(Git, StringComparison.Ordinal) == true ? repository[Git.Length..] : repository;
        return address?.EndsWith(".git", StringComparison.Ordinal) == true ? address[..^".git".Length] : address?.TrimEnd('/');
    }

    // It does not say which branch or tag it is of.
    private static bool IsCommit(string text) => text.Length is 40 or 64 && text.All(char.IsAsciiHexDigit);

    private static bool IsSame(string one, string other) => one == other || IsShort(one, other) || IsShort(other, one);

    private static bool IsShort(string name, string whole) => whole == $"refs/heads/{name}" || whole == $"refs/tags/{name}";

    /// <summary>For example <c>git+https://git.example/shop/app@refs/heads/main</c>.</summary>
    private static SourceOfBuild? OfGit(string? uri)
    {
        if (uri?.StartsWith(Git, StringComparison.Ordinal) != true)
            return null;
        var address = uri[Git.Length..];
        var named = address.IndexOf("@refs/", StringComparison.Ordinal);
        // Before the last segment it would be the name of a user.
        var at = named > 0 ? named : address.LastIndexOf('@') is var last && last > address.LastIndexOf('/') ? last : -1;
        return at > 0 ? new(address[..at], address[(at + 1)..]) : new(address, null);
    }
}
