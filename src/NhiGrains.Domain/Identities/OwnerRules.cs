using NhiGrains.Domain.People;

namespace NhiGrains.Domain.Identities;

/// <summary>The owner of an identity has departed: its team is accountable, and has until the deadline to find another person.</summary>
/// <param name="Person">Who has departed.</param>
/// <param name="Since">When.</param>
/// <param name="Deadline">When the identity is suspended if it has no owner by then.</param>
public sealed record Orphaned(string Person, DateTimeOffset Since, DateTimeOffset Deadline);

/// <summary>What becomes of an identity when its owner leaves (promise 12).</summary>
public static class OwnerRules
{
    /// <param name="departure">That of the person who is to be accountable; null when the person is here.</param>
    public static Refusal? CheckOwner(Departure? departure) => departure is null
        ? null
        : new("OWNER_DEPARTED", $"'{departure.Person}' has departed and can be accountable for nothing.", "Name somebody who is here, or record the return.", "owner");

    /// <summary>A person and a group, by the names that the directory has: an identity, or what runs by itself, is accountable for nothing.</summary>
    public static Refusal? CheckNames(Owner owner) => PersonNames.CheckPerson(owner.Person, "owner") ?? (PersonNames.CheckGroup(owner.Team) is { } refusal ? refusal with { Field = "owner" } : null);

    /// <param name="departure">That of the person who asks for access; null when the person is here.</param>
    public static Refusal? CheckAsker(Departure? departure) => departure is null
        ? null
        : new("PERSON_DEPARTED", $"'{departure.Person}' has departed and is given nothing.", "Let somebody ask who is here, or have the return recorded.");

    /// <summary>Why what somebody asked for, and what waits, is denied.</summary>
    public static string AskerHasDeparted(string person) => $"'{person}', who asked for it, has departed";

    /// <summary>Hands the identity to its team. The same value when somebody else owns it, when it is known, or when it is retired.</summary>
    public static Identity OwnerDeparted(this Identity identity, Departure departure)
    {
        var orphaned = new Orphaned(departure.Person, departure.Since, departure.HandoverBy);
        return identity.Profile.Owner.Person != departure.Person || identity.Orphaned == orphaned || identity.Status == IdentityStatus.Retired
            ? identity
            : identity with { Orphaned = orphaned }; // Nothing that is wanted changes by it, so the generation stays.
    }

    /// <summary>Gives the identity back to who has returned; whoever was suspended meanwhile is not resumed by it.</summary>
    public static Identity OwnerReturned(this Identity identity, string person) =>
        identity.Orphaned?.Person == person ? identity with { Orphaned = null } : identity;

    /// <summary>When it is suspended unless it has an owner by then; null when it has one, or has no access anyway.</summary>
    public static DateTimeOffset? SuspensionOf(Identity identity) =>
        identity is { Status: IdentityStatus.Active, Orphaned: { } orphaned } ? orphaned.Deadline : null;

    /// <summary>Suspends an identity that nobody has taken over in time. The same value while there is time.</summary>
    public static Identity SuspendOwnerless(this Identity identity, DateTimeOffset now) =>
        SuspensionOf(identity) <= now ? (identity with { Status = IdentityStatus.Suspended }).AsNextGeneration() : identity;

    /// <summary>Nobody would be accountable for what it does.</summary>
    internal static Refusal Ownerless(Orphaned orphaned) =>
        new("OWNERLESS", $"Its owner '{orphaned.Person}' has departed, and nobody has taken it over.", "Give it an owner with 'transferOwnership' first.", "identityId");
}
