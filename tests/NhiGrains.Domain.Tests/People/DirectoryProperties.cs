using System.Text.Json;
using CsCheck;
using NhiGrains.Domain.People;

namespace NhiGrains.Domain.Tests.People;

/// <summary>Random histories of groups, delegations, absences, departures and returns, against a model of plain sets and intervals.</summary>
public class DirectoryProperties
{
    private const int Sequences = 8_000;

    private static readonly string[] Names = ["ada", "bob", "eve"];
    private static readonly string[] Groups = ["payments", "security"];

    private enum Step
    {
        Add,
        Remove,
        Delegate,
        EndDelegation,
        Away,
        Back,
        Depart,
        Return,
    }

    private static readonly Gen<(Step, int, int, int Since, int Length, int Pause)[]> Histories =
        Gen.Select(Gen.Enum<Step>(), Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[-2, 4], Gen.Int[1, 6], Gen.Int[0, 3]).Array[1, 20];

    [Fact]
    public void Who_counts_as_what_at_any_time_is_what_was_said_last_and_is_not_over() => Histories.Sample(Holds, iter: Sequences);

    [Fact]
    public void The_groups_can_be_told_from_what_the_audit_has() => Histories.Sample(history =>
    {
        var told = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        var (people, now) = (PeopleDirectory.Empty, Some.Noon);
        foreach (var (step, who, other, since, length, pause) in history)
        {
            if (Apply(people, step, Names[who], Names[other], since, length, now) is { IsOk: true, Value: var change })
            {
                people = change.Directory;
                Tell(told, change);
            }

            now += TimeSpan.FromHours(pause);
        }

        return told.Where(group => group.Value.Count > 0).All(group => group.Value.SetEquals(people.Groups[group.Key]))
            && people.Groups.Keys.All(told.ContainsKey);
    }, iter: Sequences);

    private static bool Holds((Step Step, int Who, int Other, int Since, int Length, int Pause)[] history)
    {
        var model = new Model();
        var (people, now) = (PeopleDirectory.Empty, Some.Noon);
        foreach (var (step, who, other, since, length, pause) in history)
        {
            people = DirectoryRules.WithoutPast(people, now);
            if (Apply(people, step, Names[who], Names[other], since, length, now) is { IsOk: true, Value: var change })
                people = change.Directory;
            model.Apply(step, Names[who], Names[other], since, length, now);
            now += TimeSpan.FromHours(pause);
            if (!Same(people, model, now) || !Same(DirectoryRules.WithoutPast(people, now), model, now))
                return false;
        }

        return true;
    }

    private static Result<DirectoryChange> Apply(PeopleDirectory people, Step step, string who, string other, int since, int length, DateTimeOffset now)
    {
        var (from, until) = (now.AddHours(since), now.AddHours(since + length));
        return step switch
        {
            Step.Add => GroupRules.SetMembers(people, GroupOf(other), [who], []),
            Step.Remove => GroupRules.SetMembers(people, GroupOf(other), [], [who]),
            Step.Delegate => StandInRules.Delegate(people, who, other, from, until, now),
            Step.EndDelegation => StandInRules.Delegate(people, who, other, null, null, now),
            Step.Away => StandInRules.SetAbsence(people, who, from, until, now),
            Step.Back => StandInRules.SetAbsence(people, who, null, null, now),
            Step.Depart => DepartureRules.Depart(people, who, Departure.DefaultHandover, now),
            _ => DepartureRules.Return(people, who),
        };
    }

    private static string GroupOf(string name) => Groups[name.Length % 2 == 0 ? 0 : Array.IndexOf(Names, name) % 2];

    private static bool Same(PeopleDirectory people, Model model, DateTimeOffset now) =>
        Names.All(who => people.IsAbsent(who, now) == model.IsAbsent(who, now)
            && Groups.All(group => people.IsMember(who, group) == model.IsMember(who, group))
            && Names.All(other => people.IsDelegate(who, other, now) == model.IsDelegate(who, other, now)));

    private static void Tell(Dictionary<string, HashSet<string>> told, DirectoryChange change)
    {
        if (!change.Details.TryGetValue("group", out var name))
            return;
        var group = told.TryGetValue(name, out var known) ? known : told[name] = new(StringComparer.Ordinal);
        group.UnionWith(JsonSerializer.Deserialize<string[]>(change.Details["added"]) ?? []);
        group.ExceptWith(JsonSerializer.Deserialize<string[]>(change.Details["removed"]) ?? []);
    }

    private sealed class Model
    {
        private readonly HashSet<(string Who, string Group)> _members = [];
        private readonly Dictionary<(string From, string To), (DateTimeOffset Since, DateTimeOffset Until)> _delegations = [];
        private readonly Dictionary<string, (DateTimeOffset Since, DateTimeOffset Until)> _absences = new(StringComparer.Ordinal);
        private readonly HashSet<string> _departed = new(StringComparer.Ordinal);

        public void Apply(Step step, string who, string other, int since, int length, DateTimeOffset now)
        {
            var period = (Since: since > 0 ? now.AddHours(since) : now, Until: now.AddHours(since + length));
            var isPeriod = period.Until > period.Since;
            if (step == Step.Add)
                _members.Add((who, GroupOf(other)));
            else if (step == Step.Remove)
                _members.Remove((who, GroupOf(other)));
            else if (step == Step.Delegate && isPeriod && who != other && !_departed.Contains(who) && !_departed.Contains(other))
                _delegations[(who, other)] = period;
            else if (step == Step.EndDelegation)
                _delegations.Remove((who, other));
            else if (step == Step.Away && isPeriod && !_departed.Contains(who))
                _absences[who] = period;
            else if (step == Step.Back)
                _absences.Remove(who);
            else if (step == Step.Depart && _departed.Add(who))
                Forget(who);
            else if (step == Step.Return)
                _departed.Remove(who);
        }

        public bool IsMember(string who, string group) => _members.Contains((who, group)) && !_departed.Contains(who);

        public bool IsDelegate(string from, string to, DateTimeOffset now) => _delegations.TryGetValue((from, to), out var at) && at.Since <= now && now < at.Until;

        public bool IsAbsent(string who, DateTimeOffset now) => _absences.TryGetValue(who, out var at) && at.Since <= now && now < at.Until;

        private void Forget(string who)
        {
            foreach (var pair in _delegations.Keys.Where(pair => pair.From == who || pair.To == who).ToArray())
                _delegations.Remove(pair);
            _absences.Remove(who);
        }
    }
}
