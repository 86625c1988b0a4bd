using System.Globalization;
using System.Net;
using NhiGrains.Platforms.Aws.Api;
using NhiGrains.Platforms.Aws.Compiling;

namespace NhiGrains.Platforms.Aws.Probing;

/// <summary>One thing that a principal might do, at some time and from somewhere.</summary>
/// <param name="From">Null: through a VPC endpoint, for which AWS tells no public address.</param>
/// <param name="Listed">The condition key of a listing and the prefix that is listed; the prefix is null when all is listed.</param>
/// <param name="Tags">Of the resource.</param>
/// <param name="Owner">The condition key that says whose resource it is, and the account; null where the ARN says it.</param>
internal sealed record Request(
    string Action,
    string Arn,
    DateTimeOffset At,
    IPAddress? From,
    (string Key, string? Prefix)? Listed = null,
    IReadOnlyDictionary<string, string>? Tags = null,
    (string Key, string Account)? Owner = null)
{
    /// <summary>What AWS's simulator is told of it.</summary>
    public IReadOnlyList<ContextEntry> Context =>
    [
        new("aws:CurrentTime", "date", [Bounds.Text(At)]),
        new("aws:EpochTime", "numeric", [At.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)]),
        .. From is { } from ? [new ContextEntry("aws:SourceIp", "ip", [from.ToString()])] : Array.Empty<ContextEntry>(),
        .. Owner is { } owner ? [new ContextEntry(owner.Key, "string", [owner.Account])] : Array.Empty<ContextEntry>(),
        .. Listed is { Prefix: { } prefix } listed ? [new ContextEntry(listed.Key, "string", [prefix])] : Array.Empty<ContextEntry>(),
        .. (Tags ?? new Dictionary<string, string>(StringComparer.Ordinal)).OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => new ContextEntry($"aws:ResourceTag/{tag.Key}", "string", [tag.Value])),
    ];

    public string ContextText => string.Join(' ', Context.Select(entry => $"{entry.Name}={string.Join(',', entry.Values)}"));

    public override string ToString() => $"{Action} on {Arn}{(Listed is { } listed ? $" listing '{listed.Prefix}'" : "")} at {Bounds.Text(At)} from {From?.ToString() ?? "a VPC endpoint"}{(Owner is { } owner ? $" of {owner.Account}" : "")}";
}

/// <summary>A request, and the answer that is expected.</summary>
internal sealed record Question(Request Request, bool Expected, string Why)
{
    public override string ToString() => $"{Request} ({Why})";
}
