using System.Collections.Immutable;
using NhiGrains.Sandbox.Gcp.Policies;

namespace NhiGrains.Sandbox.Gcp.State;

/// <summary>All that a project knows; each write makes a new one.</summary>
/// <param name="Accounts">By unique id, the deleted ones as well: bindings go on to name them.</param>
/// <param name="AccountIds">The unique id of each live account, by email.</param>
/// <param name="Emails">Of the live accounts, in the order in which they are listed.</param>
/// <param name="Roles">The custom ones, by full name, the deleted ones as well.</param>
/// <param name="Policies">By the full name of what they are set on.</param>
/// <param name="Resources">Buckets, topics, secrets and so on, by full name.</param>
/// <param name="Objects">What is in buckets, and versions of secrets, by full name.</param>
/// <param name="Writes">How many there were; etags, ids and generations are made from it.</param>
internal sealed record ProjectState(
    ImmutableDictionary<string, ServiceAccount> Accounts,
    ImmutableDictionary<string, string> AccountIds,
    ImmutableSortedSet<string> Emails,
    ImmutableSortedDictionary<string, CustomRole> Roles,
    ImmutableDictionary<string, Policy> Policies,
    ImmutableSortedDictionary<string, Resource> Resources,
    ImmutableSortedDictionary<string, Content> Objects,
    long Writes)
{
    public static ProjectState Empty { get; } = new(
        ImmutableDictionary.Create<string, ServiceAccount>(StringComparer.Ordinal),
        ImmutableDictionary.Create<string, string>(StringComparer.Ordinal),
        ImmutableSortedSet.Create<string>(StringComparer.Ordinal),
        ImmutableSortedDictionary.Create<string, CustomRole>(StringComparer.Ordinal),
        ImmutableDictionary.Create<string, Policy>(StringComparer.Ordinal),
        ImmutableSortedDictionary.Create<string, Resource>(StringComparer.Ordinal),
        ImmutableSortedDictionary.Create<string, Content>(StringComparer.Ordinal),
        0);

    public ServiceAccount? ByEmail(string email) => AccountIds.TryGetValue(email, out var id) ? Accounts[id] : null;

    public ProjectState With(ServiceAccount account) => this with { Accounts = Accounts.SetItem(account.UniqueId, account) };

    public Policy PolicyOf(string resource) => Policies.GetValueOrDefault(resource) ?? Policy.Empty;
}

/// <param name="DeletedAt">Null while it lives.</param>
internal sealed record ServiceAccount(
    string UniqueId,
    string Email,
    string DisplayName,
    string Description,
    bool Disabled,
    DateTimeOffset? DeletedAt,
    ImmutableSortedDictionary<string, AccountKey> Keys);

/// <param name="Public">The public half, as SubjectPublicKeyInfo; the private one is kept by nobody here.</param>
/// <param name="Uploaded">Somebody made the pair himself, and only this half was ever given to Google.</param>
internal sealed record AccountKey(
    string Id, ReadOnlyMemory<byte> Public, DateTimeOffset From, DateTimeOffset Until, bool SystemManaged, bool Disabled, bool Uploaded = false);

internal sealed record CustomRole(
    string Name, string Title, string Description, string Stage, ImmutableSortedSet<string> Permissions, string Etag, DateTimeOffset? DeletedAt);

/// <param name="Json">As it was given, with what the platform adds; text, because it must not change.</param>
internal sealed record Resource(string FullName, string Json, bool TakesConditions);

internal sealed record Content(string FullName, ReadOnlyMemory<byte> Bytes, string Type, long Generation, DateTimeOffset Created);
