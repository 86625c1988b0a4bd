using NhiGrains.Contracts.Audit;
using NhiGrains.Contracts.Identities;
using NhiGrains.Contracts.People;
using NhiGrains.Domain;
using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.People;

namespace NhiGrains.Grains.Identities;

/// <summary>The commands that say who is accountable: pure, but for the question to the directory that comes before.</summary>
internal static class OwnerCommands
{
    /// <summary>Of the person whom the command names as an owner.</summary>
    public static async Task<Departure?> DepartureFor(IdentityCommand command, IGrainFactory grains)
    {
        var person = command switch
        {
            IdentityCommand.RegisterIdentity register => register.Profile.Owner.Person,
            IdentityCommand.TransferOwnership transfer => transfer.Owner.Person,
            IdentityCommand.OwnerDeparted departed => departed.Person,
            IdentityCommand.OwnerReturned returned => returned.Person,
            _ => null,
        };
        return string.IsNullOrWhiteSpace(person) ? null : await DepartureOf(person, grains);
    }

    /// <summary>Of the person who asks for more by the command; null for an identity that asks in nobody's name.</summary>
    public static async Task<Departure?> DepartureOfAsker(CommandEnvelope envelope, IGrainFactory grains) =>
        CommandNeeds.AskForMore(envelope.Command) && (envelope.Subject ?? envelope.Actor) is var person && !Agents.Are(person) ? await DepartureOf(person, grains) : null;

    public static Task<Departure?> DepartureOf(string person, IGrainFactory grains) => grains.GetGrain<IDirectoryGrain>(Directories.Main).DepartureOf(person);

    /// <summary>Has an identity hear of its owner's departure, if there was one, without waiting for it.</summary>
    /// <returns>Whether the owner has departed.</returns>
    public static async Task<bool> TellOfDeparture(IGrainFactory grains, string identityId, string person)
    {
        if (await DepartureOf(person, grains) is not { } departure)
            return false;
        var key = "owner-" + Canonical.Digest(departure)[..32];
        grains.GetGrain<IIdentityGrain>(identityId).Execute(new(key, Actors.System, new IdentityCommand.OwnerDeparted(person))).Ignore();
        return true;
    }

    public static Result<Outcome> Registered(Result<Identity> registered, CommandContext context) => registered.Refusal is { } refusal
        ? refusal
        : new Outcome(registered.Value with { RegisteredUnder = context.Policy.Version }, "identity.registered", "registered");

    public static Result<Outcome> Transfer(Identity identity, IdentityCommand.TransferOwnership transfer, CommandContext context)
    {
        if (OwnerRules.CheckOwner(context.OwnerDeparture) is { } departed)
            return departed;
        var next = identity.TransferOwnership(transfer.Owner);
        return next.Refusal is { } refusal ? refusal : new Outcome(next.Value, "identity.owner-changed", transfer.Reason);
    }

    // The directory may know better by now than who sent the command.
    public static Result<Outcome> Departed(Identity identity, IdentityCommand.OwnerDeparted departed, CommandContext context) => new Outcome(
        context.OwnerDeparture is { } departure ? identity.OwnerDeparted(departure) : identity, "identity.orphaned", $"'{departed.Person}' has departed");

    public static Result<Outcome> Returned(Identity identity, IdentityCommand.OwnerReturned returned, CommandContext context) => new Outcome(
        context.OwnerDeparture is null ? identity.OwnerReturned(returned.Person) : identity, "identity.owner-returned", $"'{returned.Person}' has returned");
}
