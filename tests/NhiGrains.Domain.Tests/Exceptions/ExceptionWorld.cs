using System.Text.Json;
using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Exceptions;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.People;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Domain.Tests.Exceptions;

/// <summary>One identity that a rule stands against; policy, people and clock are the test's.</summary>
internal sealed class ExceptionWorld
{
    public const string Rule = "not-at-quarter-end";

    public static readonly ApprovalRequirement[] Requirements =
    [
        new([new ApprovalSeats(["security"], 1)], TimeSpan.FromHours(8)),
        new([new ApprovalSeats(["security"], 2)], TimeSpan.FromHours(8)),
        new([new ApprovalSeats(["security"], 1), new ApprovalSeats([ApprovalSeats.OwnerTeam], 1)], TimeSpan.FromHours(8)),
    ];

    public DateTimeOffset Now { get; set; } = Some.Noon;

    public Identity Identity { get; set; } = Some.Identity;

    public PolicySet Policy { get; private set; } = PolicyOf(1, new(TimeSpan.FromHours(4), Requirements[0]));

    public int PolicyNumber { get; private set; } = 1;

    /// <summary>What policy says and what is said about the identity: people agree to both.</summary>
    public string Said => $"policy {PolicyNumber} in {Identity.Profile.Environment}";

    public Dictionary<string, IReadOnlyList<string>> Groups { get; } = new(StringComparer.Ordinal) { ["security"] = ["sam", "mia", "ada"], ["payments"] = ["pia", "sam"] };

    public HashSet<string> Departed { get; } = new(StringComparer.Ordinal);

    public Electorate Electorate => new(
        PeopleDirectory.Empty with { Groups = Groups, Departed = Departed.ToDictionary(person => person, _ => Now, StringComparer.Ordinal) }, "payments", Now);

    public PolicyException? Find(string name) => Identity.Exceptions.FirstOrDefault(exception => exception.Name == name);

    public void Change(ExceptionTerms? terms) => Policy = PolicyOf(++PolicyNumber, terms);

    /// <summary>As its grain does.</summary>
    public void Move(string environment) => Identity = Identity.Update(new ProfileChanges(Environment: environment)).Value.EndThoseOfAnother("gus", Now);

    public Refusal? Request(string name, string by = "ada", int hours = 2, string? subject = null, params string[] rules) => Take(ExceptionRequests.Request(
        Identity, new(name, rules.Length == 0 ? [Rule] : rules, [Some.Entitlement()], TimeSpan.FromHours(hours), "the books have to be closed"), by, subject, Policy, Now));

    public Refusal? Approve(string name, string by, string? digest = null, bool agent = false)
    {
        var answer = ExceptionVotes.Approve(Identity, name, digest ?? Find(name)?.Ballot.Digest ?? "", "", new(by, agent), Electorate, Policy);
        if (answer.IsOk)
            Identity = answer.Value.Identity;
        return answer.IsOk ? answer.Value.Refused : answer.Refusal;
    }

    public Refusal? Reject(string name, string by) => Take(ExceptionVotes.Reject(Identity, name, "no", new(by), Electorate));

    public Refusal? Withdraw(string name, string by) => Take(ExceptionVotes.Withdraw(Identity, name, by, Now));

    public Refusal? End(string name, string by, bool asOperator = false) => Take(ExceptionRules.End(Identity, name, "not needed any more", by, asOperator, Now));

    public Refusal? Review(string name, string by, string note = "needed still") => Take(ExceptionRules.Review(Identity, name, note, new(by), Electorate));

    public void Expire() => Identity = Identity.Expire(Now);

    /// <summary>What is stored is all that is left.</summary>
    public void Restart() => Identity = JsonSerializer.Deserialize<Identity>(JsonSerializer.SerializeToUtf8Bytes(Identity, Canonical.Json), Canonical.Json)
        ?? throw new InvalidOperationException("It was stored.");

    /// <summary>What policy says to a request now.</summary>
    public Decision Decide(TimeSpan lifetime, string resource = "settings") => PolicyEngine.Decide(Policy, new(
        Identity.Id, Identity.Profile.Kind, Identity.Profile.Environment, Identity.Profile.Tags, [Some.Entitlement(resource, Verb.Read)], lifetime)
    {
        At = Now,
        Exceptions = ExceptionRules.FactsAt(Identity, Policy, Now),
    });

    private Refusal? Take(Result<Identity> next)
    {
        if (next.IsOk)
            Identity = next.Value;
        return next.Refusal;
    }

    private static PolicySet PolicyOf(int number, ExceptionTerms? terms) => new($"number-{number}",
    [
        new("everything", PolicyEffect.Permit, new(), TimeSpan.FromHours(8), AllowControllerEnforcedEnd: true),
        new(Rule, PolicyEffect.Deny, new(ResourcePrefix: "shop/configmaps/settings")) { Exceptions = terms },
        new("never-secrets", PolicyEffect.Deny, new(ResourcePrefix: "shop/secrets/")),
    ]);
}
