using GraphQL.Types;
using NhiGrains.Contracts.Policies;
using NhiGrains.Domain.Policies;
using NhiGrains.GraphQL.Loading;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Policies;

/// <param name="Answer">Null when there are problems.</param>
internal sealed record PolicySetSuccess(IReadOnlyList<PolicyDocumentProblem> Problems, PolicyAnswer? Answer);

internal sealed class PolicySetSuccessType : Described<PolicySetSuccess>
{
    public PolicySetSuccessType()
        : base("PolicySetSuccess", "What became of a policy set.")
    {
        Show("applied", Of.Bool, "Whether something else is in force than before. Not for a dry run, for a set with problems, and for one that was in force already.", success => success.Answer?.Applied ?? false);
        Show("problems", Of.Many<PolicyProblemType>(), "Everything that is wrong with the documents; then nothing was done.", success => success.Problems);
        Show("warnings", Of.Texts, "What is not wrong, and should be known.", success => success.Answer?.Warnings ?? []);
        Show("diff", Of.Maybe<PolicyDiffType>(), "From the set that was in force; null when there are problems.", success => success.Answer?.Diff);
        Show("policySet", Of.Maybe<PolicySetType>(), "What is in force now; null when there are problems.", success => success.Answer?.InForce);
        Show("rolloutId", Of.Maybe<StringGraphType>(), "Of the work that brings identities in line, for 'policySimulation'; null when there is none.", success => success.Answer?.RolloutId);
    }
}

/// <param name="Rollout">Null when there are problems.</param>
internal sealed record PolicySimulationSuccess(IReadOnlyList<PolicyDocumentProblem> Problems, PolicyDiff? Diff, RolloutView? Rollout);

internal sealed class PolicySimulationSuccessType : Described<PolicySimulationSuccess>
{
    public PolicySimulationSuccessType()
        : base("PolicySimulationSuccess", "A policy set is tried.")
    {
        Show("problems", Of.Many<PolicyProblemType>(), "Everything that is wrong with the documents; then nothing was begun.", success => success.Problems);
        Show("diff", Of.Maybe<PolicyDiffType>(), "From the set in force; null when there are problems.", success => success.Diff);
        Show("simulation", Of.Maybe<PolicyRolloutType>(), "How far it is; ask 'policySimulation' again for the rest. Null when there are problems.", success => success.Rollout);
    }
}

internal sealed class PolicyProblemType : Described<PolicyDocumentProblem>
{
    public PolicyProblemType()
        : base("PolicyProblem", "What is wrong with a document, and where.")
    {
        Show("path", Of.Text, "Of the document.", problem => problem.Path);
        Show("line", Of.Int, "From 1; 0 when the document as a whole is to blame.", problem => problem.Line);
        Show("column", Of.Int, "From 1; 0 as for the line.", problem => problem.Column);
        Show("message", Of.Text, "What is wrong.", problem => problem.Message);
    }
}

internal sealed class PolicyPartChangeType() : DescribedEnum<PolicyPartChange>("PolicyPartChange", "What is different.",
    (PolicyPartChange.Added, "It was not there before."),
    (PolicyPartChange.Removed, "It is not there any more."),
    (PolicyPartChange.Changed, "It is there in another form."));

internal sealed class PolicyDiffType : Described<PolicyDiff>
{
    public PolicyDiffType()
        : base("PolicyDiff", "What is different between two policy sets; both lists are empty when nothing is.")
    {
        Show("rules", Of.Many<PolicyPartDiffType>(), "Rules, by name.", diff => diff.Rules);
        Show("parts", Of.Many<PolicyPartDiffType>(), "Everything else, by the name of the part.", diff => diff.Parts);
    }
}

internal sealed class PolicyPartDiffType : Described<PolicyPartDiff>
{
    public PolicyPartDiffType()
        : base("PolicyPartDiff", "One rule, or another part of a policy set, that is different.")
    {
        Show("name", Of.Text, "Of the rule, or the part.", part => part.Name);
        Show("change", Of.One<PolicyPartChangeType>(), "In which way.", part => part.Change);
        Show("before", Of.Maybe<StringGraphType>(), "Its canonical text; null for ADDED.", part => part.Before);
        Show("after", Of.Maybe<StringGraphType>(), "Its canonical text; null for REMOVED.", part => part.After);
    }
}

internal sealed class PolicySetVersionType : Described<PolicyEntry>
{
    public PolicySetVersionType()
        : base("PolicySetVersion", "A version of the policy set, put in force once. A version that was rolled back to is there twice.")
    {
        Show("number", Of.Long, "Counts what was put in force, from 1.", entry => entry.Number);
        Show("version", Of.Text, "The digest of its content.", entry => entry.Version);
        Show("name", Of.Text, "The name of the set.", entry => entry.Name);
        Show("ruleCount", Of.Int, "How many rules it has.", entry => entry.Rules);
        Show("at", Of.Time, "When it was put in force.", entry => entry.At);
        Show("by", Of.Text, "By whom.", entry => entry.By);
        Show("why", Of.Text, "Why; empty when that was not said.", entry => entry.Why);
        Show("from", Of.Maybe<StringGraphType>(), "The version that was in force before; null for the first one.", entry => entry.From);
        Show("isRollback", Of.Bool, "Whether a version that had been in force was asked for.", entry => entry.IsRollback);
        Show("rolloutId", Of.Maybe<StringGraphType>(), "Of the work that brought identities in line; null when they were left as they were.", entry => entry.RolloutId);
        Show("content", Of.Maybe<StringGraphType>(), "What it says, as canonical JSON.")
            .ResolveAsync(async context => (await context.Grains().GetGrain<IPolicyVersionGrain>(context.Source.Version).Get())?.Set is { } set ? Domain.Canonical.Text(set) : null);
    }
}
