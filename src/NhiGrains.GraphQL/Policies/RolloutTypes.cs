using GraphQL;
using GraphQL.Types;
using NhiGrains.Contracts;
using NhiGrains.Contracts.Policies;
using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Policies;
using NhiGrains.GraphQL.Entitlements;
using NhiGrains.GraphQL.Identities;
using NhiGrains.GraphQL.Loading;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Policies;

internal sealed class RolloutStatusType() : DescribedEnum<RolloutStatus>("RolloutStatus", "How far a look at all identities is.",
    (RolloutStatus.Running, "It goes on."),
    (RolloutStatus.Done, "Every identity was looked at, except those that 'unanswered' counts."),
    (RolloutStatus.Superseded, "Another policy set is in force by now, or another rollout was begun, so it was given up."));

internal sealed class PolicyRolloutType : Described<RolloutView>
{
    private const int MostUnanswered = 100;

    public PolicyRolloutType()
        : base("PolicyRollout", "A look at all identities with a policy set: a simulation, or one that brings them in line.")
    {
        Show("id", Of.Text, "For 'policySimulation'.", view => view.Order.Id);
        Show("isSimulation", Of.Bool, "Whether nothing is changed.", view => view.Order.IsSimulation);
        Show("mode", Of.One<RolloutModeType>(), "What is done; LEAVE for a simulation.", view => view.Order.Mode);
        Show("version", Of.Text, "The policy set that it is about.", view => view.Order.Version);
        Show("from", Of.Text, "The one that was in force when it began.", view => view.Order.From);
        Show("by", Of.Text, "Who asked for it.", view => view.Order.Actor);
        Show("at", Of.Time, "When it began.", view => view.Order.At);
        Show("graceUntil", Of.Maybe<InstantType>(), "For GRACE: until when everything works on.", view => view.Order.GraceUntil);
        Show("status", Of.One<RolloutStatusType>(), "How far it is.", view => view.Progress.Status);
        Show("total", Of.Int, "Identities that there are, as far as that is known.", view => view.Progress.Total);
        Show("examined", Of.Int, "Identities that were looked at.", view => view.Progress.Examined);
        Show("affected", Of.Int, "Identities of which something was found.", view => view.Progress.Affected);
        Show("unanswered", Of.Int, "Identities that could not be asked or told. A rollout goes on asking them; a simulation ends with them.", view => view.Progress.Unanswered);
        Show("unansweredIdentities", Of.Texts, "Their ids, at most 100.")
            .ResolveAsync(async context => context.Source.Progress.Unanswered == 0
                ? []
                : await context.Grains().GetGrain<IPolicyRolloutGrain>(context.Source.Order.Id).Unanswered(MostUnanswered));
        Show("endedAt", Of.Maybe<InstantType>(), "When it ended.", view => view.Progress.EndedAt);
        Show("keptUntil", Of.Maybe<InstantType>(), "Until when this and what was found can be read; null while it runs.", view => view.Progress.Status == RolloutStatus.Running ? null : view.Progress.EndedAt + RolloutRetention.Of(view.Order.IsSimulation));
        Show("findings", Of.One<ConnectionType<PolicyFindingType, PolicyFinding>>(), "What was found. While it runs more is added, also before a place that was read.")
            .Paged()
            .ResolveAsync(async context => await FindingsAsync(context));
    }

    private static async Task<Page<PolicyFinding>> FindingsAsync(IResolveFieldContext<RolloutView> context)
    {
        var list = $"policy-findings/{context.Source.Order.Id}";
        var first = Cursors.First(context.GetArgument<int?>("first"));
        var after = Cursors.Decode(list, context.GetArgument<string?>("after"));
        var found = await context.Grains().GetGrain<IPolicyRolloutGrain>(context.Source.Order.Id).Findings(after is null ? RolloutPlace.Start : PlaceOf(after), first);
        var edges = found.Found.Zip(found.Places, (finding, place) => new Edge<PolicyFinding>(Cursors.Encode(list, $"{place.Shard}/{place.Piece}/{place.Index}"), finding));
        return Page<PolicyFinding>.Of([.. edges], found.HasMore, after, context.Source.Progress.Findings);
    }

    private static RolloutPlace PlaceOf(string key) =>
        key.Split('/') is [var shard, var piece, var index]
        && int.TryParse(shard, out var shardNumber) && shardNumber is >= 0 and < Shards.Count
        && int.TryParse(piece, out var pieceNumber) && pieceNumber >= 0
        && int.TryParse(index, out var position) && position >= 0
            ? new(shardNumber, pieceNumber, position)
            : throw Cursors.Bad();
}

internal sealed class PolicyFindingKindType() : DescribedEnum<PolicyFindingKind>("PolicyFindingKind", "What a policy set makes of something that an identity has.",
    (PolicyFindingKind.Lost, "Access of an intent, or a whole grant, that it does not permit."),
    (PolicyFindingKind.NeedsApproval, "As LOST, but it would be permitted if people agreed."),
    (PolicyFindingKind.Shortened, "A grant that it permits for less long than it has left."),
    (PolicyFindingKind.StricterTerms, "It stays, but the set consents to less: to no end that only NhiGrains keeps, or to nothing that is not exact."),
    (PolicyFindingKind.RequestDenied, "A request that waits for approval and that it denies."),
    (PolicyFindingKind.RequestDecidedAnew, "A request that waits for approval and is voted on anew: approvals are of the version that they were given under."),
    (PolicyFindingKind.ExceptionEnded, "An exception in force, none of whose rules is what people agreed to lift. What rests on it is told by itself."));

internal sealed class PolicyFindingType : Described<PolicyFinding>
{
    public PolicyFindingType()
        : base("PolicyFinding", "What a policy set takes from one intent or grant, or asks for.")
    {
        Show("identityId", Of.Text, "Whose.", found => found.IdentityId);
        Show("owner", Of.One<OwnerType>(), "Who was accountable when it was found.", found => found.Owner);
        Show("source", Of.Text, "A grant's id, or 'intent'.", found => found.Source);
        Show("kind", Of.One<PolicyFindingKindType>(), "What it is.", found => found.Kind);
        Show("lost", Of.Many<EntitlementType>(), "What ends, or ends earlier.", found => found.Lost);
        Show("reasons", Of.Texts, "Why, in the words of the set.", found => found.Reasons);
        Show("needs", Of.Texts, "Whose approval is missing, one sentence for each; empty unless that is what is missing.", found => found.Needs?.Seats.Select(Sentence) ?? []);
        Show("endsAt", Of.Maybe<InstantType>(), "Of a grant: when it was to end.", found => found.EndsAt);
        Show("leftSeconds", Of.Maybe<FloatGraphType>(), "For SHORTENED: for how long it is permitted, from the change on.", found => found.Left?.TotalSeconds);
    }

    private static string Sentence(ApprovalSeats seats) => $"{seats.Count} of {string.Join(", ", seats.Groups)}";
}
