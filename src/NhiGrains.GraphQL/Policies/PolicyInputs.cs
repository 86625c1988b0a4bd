using GraphQL.Types;
using NhiGrains.Contracts.Policies;
using NhiGrains.Domain;
using NhiGrains.GraphQL.Roots;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Policies;

internal sealed class RolloutModeType() : DescribedEnum<RolloutMode>("RolloutMode", "What becomes of access that the set in force does not permit any more.",
    (RolloutMode.Leave, "It is left as it is, until it ends or is asked for again."),
    (RolloutMode.Grace, "It works for 'graceSeconds'; then it is decided by the set that is in force then."),
    (RolloutMode.Now, "It ends now. Of an intent, what is still permitted stays."));

internal sealed record RolloutInput(RolloutMode Mode, int? GraceSeconds)
{
    public RolloutPlan Plan => new(Mode, TimeSpan.FromSeconds(GraceSeconds ?? 0));
}

internal sealed class RolloutInputType : DescribedInput<RolloutInput>
{
    public RolloutInputType()
        : base("RolloutInput", "What is done about access that the set does not permit.")
    {
        Take("mode", Of.One<RolloutModeType>(), "What is done.", RolloutMode.Leave);
        Take("graceSeconds", Of.Maybe<IntGraphType>(), "For GRACE: for how long, at most 90 days.");
    }

    protected override RolloutInput Parse(Given given) => new(given.Get<RolloutMode>("mode"), given.FindValue<int>("graceSeconds"));
}

internal sealed class PolicyDocumentInputType : DescribedInput<PolicyDocument>
{
    public PolicyDocumentInputType()
        : base("PolicyDocumentInput", "A document of a policy set, in the format of the policy file.")
    {
        Take("path", Of.Text, "What problems call it, for example 'production.yaml'.");
        Take("content", Of.Text, "The YAML text.");
    }

    protected override PolicyDocument Parse(Given given) => new(given.Get<string>("path"), given.Get<string>("content"));
}

internal sealed record ApplyPolicyInput(
    IReadOnlyList<PolicyDocument> Documents, string Why, string? ExpectedVersion, bool DryRun, bool OverrideLockout, RolloutInput? Rollout, string? IdempotencyKey)
    : IMutationInput;

internal sealed class ApplyPolicySetInputType : DescribedInput<ApplyPolicyInput>
{
    public ApplyPolicySetInputType()
        : base("ApplyPolicySetInput", "A policy set to put in force.")
    {
        Take("documents", Of.Many<PolicyDocumentInputType>(), "What it consists of.");
        Take("why", Of.Text, "Why, for the audit.");
        Take("expectedVersion", Of.Maybe<StringGraphType>(), "The version in force as it was read. If it is another by now, nothing is done and the refusal is POLICY_CONFLICT.");
        Take("dryRun", Of.Bool, "Only checks it, and says what is different.", false);
        Take("overrideLockout", Of.Bool, "Puts it in force even if nobody may change the policy afterwards.", false);
        Take("rollout", Of.Maybe<RolloutInputType>(), "What is done about access that the set does not permit; nothing when left out.");
        Take("idempotencyKey", Of.Maybe<StringGraphType>(), Mutations.KeyDescription);
    }

    protected override ApplyPolicyInput Parse(Given given) => new(
        given.List<PolicyDocument>("documents"), given.Get<string>("why"), given.Find<string>("expectedVersion"), given.Get<bool>("dryRun"),
        given.Get<bool>("overrideLockout"), given.Find<RolloutInput>("rollout"), given.Find<string>("idempotencyKey"));
}

internal sealed record RollbackPolicyInput(
    string Version, string Why, string? ExpectedVersion, bool OverrideLockout, RolloutInput? Rollout, string? IdempotencyKey)
    : IMutationInput;

internal sealed class RollbackPolicySetInputType : DescribedInput<RollbackPolicyInput>
{
    public RollbackPolicySetInputType()
        : base("RollbackPolicySetInput", "A version that was in force, to be in force again.")
    {
        Take("version", Of.Text, "Which, as 'policySetVersions' lists it.");
        Take("why", Of.Text, "Why, for the audit.");
        Take("expectedVersion", Of.Maybe<StringGraphType>(), "As for 'applyPolicySet'.");
        Take("overrideLockout", Of.Bool, "As for 'applyPolicySet'.", false);
        Take("rollout", Of.Maybe<RolloutInputType>(), "As for 'applyPolicySet'.");
        Take("idempotencyKey", Of.Maybe<StringGraphType>(), Mutations.KeyDescription);
    }

    protected override RollbackPolicyInput Parse(Given given) => new(
        given.Get<string>("version"), given.Get<string>("why"), given.Find<string>("expectedVersion"), given.Get<bool>("overrideLockout"),
        given.Find<RolloutInput>("rollout"), given.Find<string>("idempotencyKey"));
}

internal sealed record SimulatePolicyInput(IReadOnlyList<PolicyDocument>? Documents, string? Version, int WaitSeconds, string? IdempotencyKey) : IMutationInput
{
    public Refusal? Check() => (Documents is null) == (Version is null)
        ? new("DOCUMENTS_OR_VERSION", "Either documents or a version is simulated.", "Give one of 'documents' and 'version'.", "documents")
        : WaitSeconds is < 0 or > PolicyMutations.MaxWaitSeconds
            ? new("INVALID_WAIT", $"A wait lasts 0 to {PolicyMutations.MaxWaitSeconds} seconds.", "Wait shorter, and ask 'policySimulation' for the rest.", "waitSeconds")
            : null;
}

internal sealed class SimulatePolicySetInputType : DescribedInput<SimulatePolicyInput>
{
    public SimulatePolicySetInputType()
        : base("SimulatePolicySetInput", "A policy set to try on everything that identities have.")
    {
        Take("documents", Of.MaybeMany<PolicyDocumentInputType>(), "What it consists of; or 'version'.");
        Take("version", Of.Maybe<StringGraphType>(), "One that was in force, or the one that is.");
        Take("waitSeconds", Of.Int, $"How long to wait at most for the end of it, 0 to {PolicyMutations.MaxWaitSeconds}.", 10);
        Take("idempotencyKey", Of.Maybe<StringGraphType>(), Mutations.KeyDescription);
    }

    protected override SimulatePolicyInput Parse(Given given) => new(
        given.FindList<PolicyDocument>("documents"), given.Find<string>("version"), given.Get<int>("waitSeconds"), given.Find<string>("idempotencyKey"));
}
