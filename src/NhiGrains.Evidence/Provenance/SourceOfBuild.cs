using System.Text.Json;
using NhiGrains.Evidence.Reading;

namespace NhiGrains.Evidence.Provenance;

/// <summary>Where a build's source came from, if it says so in one of the forms that are common.</summary>
internal sealed record SourceOfBuild(string? Repository, string? Ref)
{
    private const string Git = "git+";

    public static SourceOfBuild Find(JsonElement build) =>
        Named(build.At("externalParameters", "workflow"), "repository") ?? Named(build.At("externalParameters"), "repository")
        ?? Named(build.At("externalParameters", "source"), "repository") ?? OfGit(build.At("externalParameters").Text("source")) ?? Dependency(build) ?? new(null, null);

    private static SourceOfBuild? Named(JsonElement parameters, string repository) =>
        parameters.Text(repository) is { Length: > 0 } name ? new(name, parameters.Text("ref")) : null;

    // Several would leave open which of them is the source.
    private static SourceOfBuild? Dependency(JsonElement build) =>
        build.At("resolvedDependencies") is { ValueKind: JsonValueKind.Array } list
        && list.EnumerateArray().Select(one => OfGit(one.Text("uri"))).OfType<SourceOfBuild>().Take(2).ToArray() is [var only]
            ? only
            : null;

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
