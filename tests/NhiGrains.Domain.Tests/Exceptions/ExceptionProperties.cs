using CsCheck;
using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Exceptions;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Domain.Tests.Exceptions;

/// <summary>
/// Over random histories of requests, answers, other policies, other environments, other members, departures, restarts and time: a rule is never lifted without
/// enough people who agreed to exactly that under the policy of then, for what the identity was then, and never after the end.
/// </summary>
public class ExceptionProperties
{
    private const int Sequences = 5_000;

    private static readonly string[] Environments = ["staging", "production", "test"];

    private static readonly string[] People = ["ada", "sam", "mia", "pia", "gus"];

    private enum Step
    {
        Request,
        Approve,
        ApproveStale,
        Withdraw,
        Reject,
        End,
        OtherPolicy,
        NoExceptions,
        Join,
        Leave,
        Depart,
        Move,
        Wait,
        Expire,
        Restart,
    }

    private static readonly Gen<(Step Step, int Who, int Which)[]> Histories = Gen.Select(Gen.Frequency(
        (3, Gen.Const(Step.Request)), (8, Gen.Const(Step.Approve)), (5, Gen.Enum<Step>())), Gen.Int[0, 4], Gen.Int[0, 2]).Array[4, 30];

    [Fact]
    public void A_rule_is_lifted_only_by_a_quorum_over_exactly_that_and_never_after_the_end() => Histories.Sample(history =>
    {
        var world = new ExceptionWorld();
        var model = new Dictionary<string, Believed>(StringComparer.Ordinal);
        foreach (var (step, who, which) in history)
        {
            Take(world, model, step, People[who], $"e{which % 2}", which);
            Check(world, model);
        }
    }, iter: Sequences);

    private static void Take(ExceptionWorld world, Dictionary<string, Believed> model, Step step, string person, string name, int which)
    {
        switch (step)
        {
            case Step.Request when world.Request(name, person, hours: which + 1) is null:
                model[name] = new(person, world.Said, world.Policy.Rules[1].Exceptions?.Approval, which + 1);
                break;
            case Step.Approve when world.Approve(name, person) is null:
                model[name].Said(person, world);
                break;
            case Step.Approve when model.TryGetValue(name, out var known) && known.Under != world.Said:
                known.Anew(world); // The vote begins anew, if there still is one.
                break;
            case Step.ApproveStale:
                Assert.NotNull(world.Approve(name, person, digest: "stale"));
                if (model.TryGetValue(name, out var stale) && stale.Under != world.Said)
                    stale.Anew(world);
                break;
            case Step.Withdraw when world.Withdraw(name, person) is null:
                model[name].Yes.Remove(person);
                break;
            case Step.Reject when world.Reject(name, person) is null:
                model[name].Over = true;
                break;
            case Step.End when world.End(name, person) is null:
                model[name].Over = true;
                break;
            case Step.OtherPolicy:
                world.Change(new(TimeSpan.FromHours(4 - which), ExceptionWorld.Requirements[which]));
                break;
            case Step.NoExceptions:
                world.Change(null);
                break;
            case Step.Join:
                world.Groups["security"] = [.. world.Groups["security"].Union([person])];
                break;
            case Step.Leave:
                world.Groups["security"] = [.. world.Groups["security"].Except([person])];
                break;
            case Step.Depart when !world.Departed.Remove(person):
                world.Departed.Add(person);
                break;
            case Step.Move when Environments[which] != world.Identity.Profile.Environment:
                world.Move(Environments[which]);
                foreach (var known in model.Values.Where(known => known.InForceUntil is not null))
                    known.Over = true; // Whether or not it is changed back.
                break;
            case Step.Wait:
                world.Now += TimeSpan.FromMinutes(35 * (which + 1));
                break;
            case Step.Expire:
                world.Expire();
                break;
            case Step.Restart:
                world.Restart();
                break;
        }
    }

    private static void Check(ExceptionWorld world, Dictionary<string, Believed> model)
    {
        var lifting = ExceptionRules.FactsAt(world.Identity, world.Policy, world.Now);
        var rule = Canonical.Text(world.Policy.Rules[1]);
        foreach (var fact in lifting)
        {
            var believed = model[fact.Name];
            Assert.True(believed.InForceUntil > world.Now, $"'{fact.Name}' lifts a rule and should not.");
            Assert.Equal(believed.InForceUntil, fact.EndsAt);
        }

        foreach (var (name, believed) in model)
            Assert.Equal(believed.InForceUntil > world.Now && !believed.Over && believed.Lifts == rule, lifting.Any(fact => fact.Name == name));
        var decision = world.Decide(TimeSpan.FromMinutes(10));
        var lifted = lifting.Count > 0 && world.Policy.Rules[1].Exceptions is not null;
        Assert.Equal(lifted, decision.Outcome != DecisionOutcome.Deny);
        Assert.True(!lifted || world.Now + decision.Lifetime <= lifting.Max(fact => fact.EndsAt));
    }

    /// <summary>What the test itself believes: nothing but who has said yes, and when it was enough.</summary>
    private sealed class Believed(string requester, string under, ApprovalRequirement? requirement, int hours)
    {
        private ApprovalRequirement? _requirement = requirement;

        public string Under { get; private set; } = under;

        public HashSet<string> Yes { get; } = new(StringComparer.Ordinal);

        public bool Over { get; set; }

        public DateTimeOffset? InForceUntil { get; private set; }

        /// <summary>The rule as it was then.</summary>
        public string? Lifts { get; private set; }

        public void Said(string person, ExceptionWorld world)
        {
            Assert.NotEqual(requester, person);
            Assert.DoesNotContain(requester, world.Departed);
            Assert.Equal(world.Said, Under);
            Yes.Add(person);
            if (InForceUntil is null && IsEnough(world))
                (InForceUntil, Lifts) = (world.Now + TimeSpan.FromHours(hours), Canonical.Text(world.Policy.Rules[1]));
        }

        public void Anew(ExceptionWorld world)
        {
            if (InForceUntil is not null)
                return;
            Yes.Clear();
            (Under, _requirement) = (world.Said, world.Policy.Rules[1].Exceptions?.Approval);
        }

        // By trying every seating: a few people, at most two seats.
        private bool IsEnough(ExceptionWorld world)
        {
            var seats = (_requirement?.Seats ?? []).SelectMany(seat => Enumerable.Repeat(seat.Groups[0] == ApprovalSeats.OwnerTeam ? "payments" : seat.Groups[0], seat.Count)).ToArray();
            return seats.Length > 0 && Fill(seats, [.. Yes], world);
        }

        private static bool Fill(ReadOnlySpan<string> seats, List<string> people, ExceptionWorld world)
        {
            if (seats.IsEmpty)
                return true;
            foreach (var person in people)
            {
                if (!world.Departed.Contains(person) && world.Groups[seats[0]].Contains(person, StringComparer.Ordinal) && Fill(seats[1..], [.. people.Where(other => other != person)], world))
                    return true;
            }

            return false;
        }
    }
}
