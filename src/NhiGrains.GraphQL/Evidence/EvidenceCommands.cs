using GraphQL;
using NhiGrains.Contracts.Evidence;
using NhiGrains.Contracts.Identities;
using NhiGrains.Domain.Evidence;
using NhiGrains.Domain.Identities;
using NhiGrains.GraphQL.Identities;
using NhiGrains.GraphQL.Loading;

namespace NhiGrains.GraphQL.Evidence;

/// <summary>Commands that bring evidence along.</summary>
internal static class EvidenceCommands
{
    /// <summary>
    /// Has a command carried out for the caller with what they brought, once that was verified and taken into use for the identity. Who
    /// asks again because the answer was lost gets the first one also when the evidence has ended since: it was verified then.
    /// </summary>
    public static async Task<CommandAnswer> ExecuteAsync(
        IResolveFieldContext context,
        string identityId,
        string key,
        IReadOnlyList<PresentedEvidence> presented,
        Func<IReadOnlyList<VerifiedEvidence>, IdentityCommand> command)
    {
        if (Names.CheckIdentityId(identityId) is { } misnamed)
            return new(misnamed with { Field = "identityId" }, null, null);
        var evidence = await EvidenceChecks.TakeAsync(context, identityId, presented);
        return evidence.Refusal is not { } refusal
            ? await IdentityCommands.ExecuteAsync(context, identityId, key, command(evidence.Value))
            : await RecallAsync(context, identityId, key, presented, command([])) ?? new(refusal, null, null);
    }

    private static async Task<CommandAnswer?> RecallAsync(
        IResolveFieldContext context, string identityId, string key, IReadOnlyList<PresentedEvidence> presented, IdentityCommand command) =>
        EvidenceChecks.Recognize(context, presented) is { } marks
            ? await context.Grains().GetGrain<IIdentityGrain>(identityId).Recall(IdentityCommands.EnvelopeOf(context, key, command), marks)
            : null;
}
