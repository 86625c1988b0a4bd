using GraphQL;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using NhiGrains.Contracts.Evidence;
using NhiGrains.Domain;
using NhiGrains.Domain.Evidence;
using NhiGrains.GraphQL.Identities;
using NhiGrains.GraphQL.Loading;

namespace NhiGrains.GraphQL.Evidence;

/// <summary>What is done with evidence before a grain sees any of it: nothing that was brought goes on, only what was verified.</summary>
internal static class EvidenceChecks
{
    private static readonly Refusal NotConfigured = new(
        "EVIDENCE_NOT_CONFIGURED", "This server verifies no evidence.", "Ask an operator to configure a trust, or leave the evidence out.", "evidence");

    private static readonly Refusal Replayed = new(
        "EVIDENCE_REPLAYED", "It was used for another identity, and counts for that one.", "Get one for this identity.");

    private static readonly Refusal NoRoom = new(
        "EVIDENCE_BUSY", "More evidence is in use than can be kept apart.", "Try again with new evidence in some minutes.");

    /// <summary>Verifies, without taking anything into use.</summary>
    public static async Task<Result<IReadOnlyList<VerifiedEvidence>>> VerifyAsync(IResolveFieldContext context, IReadOnlyList<PresentedEvidence> presented)
    {
        if (presented.Count == 0)
            return Result<IReadOnlyList<VerifiedEvidence>>.Ok([]);
        return Verification(context) is { } verification ? await verification.VerifyAsync(WithCertificate(context, presented), context.CancellationToken) : NotConfigured;
    }

    /// <summary>Which pieces they are, with nothing verified; null when that cannot be told.</summary>
    public static IReadOnlyList<EvidenceMark>? Recognize(IResolveFieldContext context, IReadOnlyList<PresentedEvidence> presented) =>
        Verification(context)?.Recognize(WithCertificate(context, presented));

    /// <summary>Verifies, and takes into use for the identity what belongs to one. What another one used is a replay.</summary>
    public static async Task<Result<IReadOnlyList<VerifiedEvidence>>> TakeAsync(IResolveFieldContext context, string identityId, IReadOnlyList<PresentedEvidence> presented)
    {
        var verified = await VerifyAsync(context, presented);
        if (verified.Refusal is not null || verified.Value.Count == 0)
            return verified;
        // For an identity that is not there it would be used up by a slip of the pen.
        if (await context.Loaders().Identities.GetAsync(identityId) is null)
            return IdentityCommands.Unknown;
        foreach (var (index, one) in verified.Value.Index())
        {
            if (EvidenceOwnership.Until(one, context.Time().GetUtcNow()) is not { } until)
                continue;
            var use = await context.Grains().GetGrain<IEvidenceUseGrain>(EvidenceUses.ShardOf(one.Digest)).Use(one.Digest, identityId, until);
            if (use != EvidenceUse.Own)
                return (use == EvidenceUse.OfAnother ? Replayed : NoRoom) with { Field = $"evidence[{index}]" };
        }

        return verified;
    }

    private static IEvidenceVerification? Verification(IResolveFieldContext context) => context.RequestServices?.GetService<IEvidenceVerification>();

    private static PresentedEvidence[] WithCertificate(IResolveFieldContext context, IReadOnlyList<PresentedEvidence> presented)
    {
        var shown = presented.Any(one => one.Kind == EvidenceKind.ClientCertificate) ? context.Service<IHttpContextAccessor>().HttpContext?.Connection.ClientCertificate : null;
        var certificate = shown is null ? null : (ReadOnlyMemory<byte>?)shown.RawData;
        return [.. presented.Select(one => one with { Certificate = certificate })];
    }
}
