using System.Globalization;
using GraphQL;
using GraphQL.Types;
using NhiGrains.Contracts.Policies;
using NhiGrains.Domain.Policies;
using NhiGrains.GraphQL.Access;
using NhiGrains.GraphQL.Entitlements;
using NhiGrains.GraphQL.Identities;
using NhiGrains.GraphQL.Loading;
using NhiGrains.GraphQL.Transport.Errors;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Policies;

internal static class PolicyQueries
{
    /// <summary>The one set that decides.</summary>
    public const string Main = "main";

    private const string Versions = "policy-set-versions";

    public static void AddTo(ObjectGraphType root)
    {
        root.Field("policySet", Of.One<PolicySetType>())
            .Description("The policy set in force.")
            .For(Role.Anyone)
            .ResolveAsync(async context => await PolicySet(context).Current());
        root.Field("policySetVersions", Of.One<ConnectionType<PolicySetVersionType, PolicyEntry>>())
            .Description("What was put in force, the newest first. Those before the last 500 are in the audit only, and can be rolled back to all the same.")
            .Paged()
            .For(Role.Anyone)
            .ResolveAsync(async context => await VersionsAsync(context));
        root.Field("policySetVersion", Of.Maybe<PolicySetVersionType>())
            .Description("The last time that a version was put in force; null when it is not among those that are listed.")
            .Argument(Of.Text, "version", argument => argument.Description = "The digest.")
            .For(Role.Anyone)
            .ResolveAsync(async context => (await PolicySet(context).History(null, int.MaxValue - 1)).Entries.FirstOrDefault(entry => entry.Version == context.GetArgument<string>("version")));
        root.Field("policySimulation", Of.Maybe<PolicyRolloutType>())
            .Description("How far a simulation is, or a rollout that brings identities in line, and what was found; null when there is none with this id. Of one that ended long ago what was found is removed: an error with the code POLICY_FINDINGS_REMOVED.")
            .Argument(Of.Text, "id", argument => argument.Description = "As 'simulatePolicySet' or 'applyPolicySet' answered it.")
            .For(Role.Operator | Role.Auditor)
            .ResolveAsync(async context => context.GetArgument<string>("id") is { Length: > 0 and <= 64 } id ? await SimulationAsync(context, id) : null);
    }

    private static async Task<RolloutView?> SimulationAsync(IResolveFieldContext context, string id)
    {
        var view = await context.Grains().GetGrain<IPolicyRolloutGrain>(id).Get();
        return await PolicySet(context).WasRemoved(id)
            ? throw new TransportError("POLICY_FINDINGS_REMOVED", $"What '{id}' found was removed: it ended too long ago.", "Simulate again. What a rollout has changed is in the audit.")
            : view;
    }

    private static async Task<Page<PolicyEntry>> VersionsAsync(IResolveFieldContext context)
    {
        var first = Cursors.First(context.GetArgument<int?>("first"));
        var after = Cursors.Decode(Versions, context.GetArgument<string?>("after"));
        var before = after is null ? (long?)null : long.TryParse(after, out var number) ? number : throw Cursors.Bad();
        var history = await PolicySet(context).History(before, first);
        var edges = history.Entries.Select(entry => new Edge<PolicyEntry>(Cursors.Encode(Versions, entry.Number.ToString(CultureInfo.InvariantCulture)), entry));
        return Page<PolicyEntry>.Of([.. edges], history.HasMore, after, (int)history.Total);
    }

    private static IPolicySetGrain PolicySet(IResolveFieldContext context) => context.Grains().GetGrain<IPolicySetGrain>(Main);
}

internal sealed class PolicyEffectType() : DescribedEnum<PolicyEffect>("PolicyEffect", "What a rule does where it matches.",
    (PolicyEffect.Permit, "Permits, within the limits of the rule. The strictest of the permits that match counts."),
    (PolicyEffect.Deny, "Denies, whatever else permits."),
    (PolicyEffect.RequireApproval, "Permits when people agree; and whatever else permits something that it touches, people have to agree."),
    (PolicyEffect.BreakGlass, "Permits emergency access that is asked for as such."));

internal sealed class PolicySetType : Described<PolicyVersion>
{
    public PolicySetType()
        : base("PolicySet", "The rules that decide, as one version.")
    {
        Show("name", Of.Text, "The name of the set.", version => version.Set.Name);
        Show("version", Of.Text, "The digest of its content.", version => version.Version);
        Show("inForceSince", Of.Time, "Since when it decides.", version => version.InForceSince);
        Show("appliedBy", Of.Text, "Who put it in force.", version => version.AppliedBy);
        Show("administrators", Of.Maybe<PolicyAdministratorsType>(), "Which administrators may put another one in force; null: all of them.", version => version.Set.Administrators);
        Show("rules", Of.Many<PolicyRuleType>(), "The rules, in the order of the explanation.", version => version.Set.Rules);
    }
}

internal sealed class PolicyAdministratorsType : Described<PolicyAdministrators>
{
    public PolicyAdministratorsType()
        : base("PolicyAdministrators", "Who may put another policy set in force.")
    {
        Show("people", Of.Texts, "By name.", named => named.People);
        Show("groups", Of.Texts, "Everybody in one of these.", named => named.Groups);
    }
}

internal sealed class PolicyRuleType : Described<PolicyRule>
{
    public PolicyRuleType()
        : base("PolicyRule", "One rule. A permit may permit less: a shorter lifetime, fewer verbs.")
    {
        Show("name", Of.Text, "As decisions name it.", rule => rule.Name);
        Show("effect", Of.One<PolicyEffectType>(), "What it does.", rule => rule.Effect);
        Show("match", Of.One<PolicyMatchType>(), "What it looks at.", rule => rule.Match);
        Show("maxLifetimeSeconds", Of.Maybe<FloatGraphType>(), "The longest lifetime that it permits, in seconds; longer requests are cut, and standing access is not matched.", rule => rule.MaxLifetime?.TotalSeconds);
        Show("onlyVerbs", Of.MaybeMany<VerbType>(), "The verbs that it permits; others are cut.", rule => rule.OnlyVerbs);
        Show("allowControllerEnforcedEnd", Of.Bool, "Whether it consents to an end that only NhiGrains keeps.", rule => rule.AllowControllerEnforcedEnd);
        Show("onlyExact", Of.Bool, "Whether it permits only what a platform can say exactly.", rule => rule.OnlyExact);
        Show("bundle", Of.One<BundleModeType>(), "Best effort holds when every permit that matches says so.", rule => rule.Bundle);
    }
}

internal sealed class PolicyMatchType : Described<PolicyMatch>
{
    public PolicyMatchType()
        : base("PolicyMatch", "What a rule looks at. A member that is null matches everything.")
    {
        Show("kinds", Of.MaybeMany<IdentityKindType>(), "Kinds of identities.", match => match.Kinds);
        Show("environments", Of.MaybeMany<StringGraphType>(), "Their environments.", match => match.Environments);
        Show("tags", Of.MaybeMany<TagType>(), "Tags that the identity must have.", match => TagType.List(match.Tags));
        Show("verbs", Of.MaybeMany<VerbType>(), "Verbs that are asked for.", match => match.Verbs);
        Show("platforms", Of.MaybeMany<StringGraphType>(), "Platforms.", match => match.Platforms);
        Show("resourcePrefix", Of.Maybe<StringGraphType>(), "What 'container/type/name' starts with.", match => match.ResourcePrefix);
        Show("lifetimeAtMostSeconds", Of.Maybe<FloatGraphType>(), "Requests for at most so long, in seconds.", match => match.LifetimeAtMost?.TotalSeconds);
        Show("standing", Of.Maybe<BooleanGraphType>(), "Whether standing access (an intent) is asked for.", match => match.Standing);
    }
}
