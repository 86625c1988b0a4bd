using GraphQL;
using GraphQL.Types;
using NhiGrains.Contracts.Identities;
using NhiGrains.Domain;
using NhiGrains.Domain.Risk;
using NhiGrains.GraphQL.Access;
using NhiGrains.GraphQL.Identities;
using NhiGrains.GraphQL.Roots;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Risk;

internal static class RiskMutations
{
    public static void AddTo(ObjectGraphType root)
    {
        root.Mutation<ReportRiskInputType, ReportRiskInput, IdentitySuccessType>(
            "reportRisk", "Tells that something was noticed about an identity. Policy may suspend it for that at once, with its grants revoked.", Role.Operator, ReportAsync,
            takesAway: _ => true);
        root.Mutation<ClearRiskInputType, ClearRiskInput, IdentitySuccessType>(
            "clearRisk", "Says that a signal counts no more. An identity that was suspended for it stays so until it is resumed. For people only.", Role.Operator,
            async (input, key, context) => (object?)PeopleOnly.CheckTrust(context) ?? Success(await IdentityCommands.ExecuteAsync(context, input.IdentityId, key, new IdentityCommand.ClearRisk(input.RiskId, input.Reason))));
    }

    private static async Task<object> ReportAsync(ReportRiskInput input, string key, IResolveFieldContext context)
    {
        if (input.EndsAt is null == input.TtlSeconds is null)
            return new Refusal("END_REQUIRED", "A signal has either an end or a number of seconds, and not both.", "Give 'endsAt' or 'ttlSeconds'.", "endsAt");
        // The key is its id: the same call again is the same signal, for as long as that is known.
        var signal = new RiskSignal(key, $"reported-by:{context.Caller().Actor}", input.Type, input.Severity, default, input.EndsAt ?? default, input.Note);
        var lifetime = input.TtlSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null;
        return Success(await IdentityCommands.ExecuteAsync(context, input.IdentityId, key, new IdentityCommand.ReportRisk(signal, lifetime)));
    }

    private static object Success(CommandAnswer answer) => (object?)answer.Refusal ?? new IdentitySuccess(IdentityCommands.ViewOf(answer));
}

internal sealed record ReportRiskInput(
    string IdentityId, string Type, RiskSeverity Severity, DateTimeOffset? EndsAt, int? TtlSeconds, string? Note, string? IdempotencyKey)
    : IIdentityInput;

internal sealed class ReportRiskInputType : IdentityInputType<ReportRiskInput>
{
    public ReportRiskInputType()
        : base("ReportRiskInput", "What was noticed, about whom, and for how long it counts.")
    {
        TakeIdentity();
        Take("type", Of.Text, "What, for example 'secret-leaked': lower-case letters, digits, '.', '_' and '-'.");
        Take("severity", Of.One<RiskSeverityType>(), "How bad it is.");
        Take("endsAt", Of.Maybe<InstantType>(), "From when on it counts no more. This, or 'ttlSeconds'.");
        Take("ttlSeconds", Of.Maybe<IntGraphType>(), "For how long it counts, from now on.");
        Take("note", Of.Maybe<StringGraphType>(), $"For people; at most {RiskRules.MaxNote} characters, and never a secret.");
        TakeKey();
    }

    protected override ReportRiskInput Parse(Given given) => new(
        given.Get<string>("identityId"), given.Get<string>("type"), given.Get<RiskSeverity>("severity"),
        given.FindValue<DateTimeOffset>("endsAt"), given.FindValue<int>("ttlSeconds"), given.Find<string>("note"), given.Find<string>("idempotencyKey"));
}

internal sealed record ClearRiskInput(string IdentityId, string RiskId, string Reason, string? IdempotencyKey) : IIdentityInput;

internal sealed class ClearRiskInputType : IdentityInputType<ClearRiskInput>
{
    public ClearRiskInputType()
        : base("ClearRiskInput", "Which signal counts no more, and why.")
    {
        TakeIdentity();
        Take("riskId", Of.Text, "As the identity's 'risks' call it.");
        TakeReason();
        TakeKey();
    }

    protected override ClearRiskInput Parse(Given given) =>
        new(given.Get<string>("identityId"), given.Get<string>("riskId"), given.Get<string>("reason"), given.Find<string>("idempotencyKey"));
}
