using NhiGrains.Domain.People;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Domain.Tests.Policies;

public class PolicyDiffTests
{
    private static PolicyRule Deny(string name) => new(name, PolicyEffect.Deny, new());

    [Fact]
    public void Rules_are_compared_by_their_names()
    {
        var diff = PolicyDiff.Between(new("s", [Deny("a"), Deny("b"), Deny("c")]), new("s", [Deny("a"), Deny("b") with { Effect = PolicyEffect.Permit }, Deny("d")]));

        Assert.Equal([("b", PolicyPartChange.Changed), ("c", PolicyPartChange.Removed), ("d", PolicyPartChange.Added)], diff.Rules.Select(rule => (rule.Name, rule.Change)));
        Assert.Equal((Canonical.Text(Deny("c")), null), (diff.Rules[1].Before, diff.Rules[1].After));
        Assert.Empty(diff.Parts);
    }

    [Fact]
    public void Everything_else_is_compared_by_the_names_of_its_parts()
    {
        var set = new PolicySet("s", [Deny("a"), Deny("b")]);

        var diff = PolicyDiff.Between(set, new("t", [Deny("b"), Deny("a")]) { Administrators = new(["ada"], []) });

        Assert.Empty(diff.Rules);
        Assert.Equal([("administrators", PolicyPartChange.Added), ("name", PolicyPartChange.Changed), (PolicyDiff.RuleOrder, PolicyPartChange.Changed)], diff.Parts.Select(part => (part.Name, part.Change)));
        Assert.Empty(PolicyDiff.Between(set, set).Parts);
    }

    [Fact]
    public void Whoever_may_change_the_policy_is_part_of_its_version()
    {
        var set = new PolicySet("s", [Deny("a")]);
        Assert.NotEqual(set.Version, (set with { Administrators = new(["ada"], []) }).Version);
    }

    [Fact]
    public void The_text_of_a_set_is_told_in_parts_that_are_the_whole()
    {
        var text = string.Concat(Enumerable.Repeat("a😀", PolicyContent.MaxPart));

        var parts = PolicyContent.PartsOf(text);

        Assert.Equal(text, string.Concat(parts));
        Assert.All(parts, part => Assert.InRange(part.Length, 1, PolicyContent.MaxPart));
        Assert.All(parts, part => Assert.False(char.IsLowSurrogate(part[0])));
    }

    [Theory]
    [InlineData(null, null, true)]
    [InlineData("adda", null, false)] // A slip of the pen.
    [InlineData("eve", null, true)] // In a group, if not in one that is named.
    [InlineData("tom", null, true)] // Who is away is there.
    [InlineData("dee", null, true)]
    [InlineData("root", null, true)] // Who applies it.
    [InlineData("gone", null, false)]
    [InlineData(null, "security", true)]
    [InlineData(null, "left", false)]
    [InlineData(null, "empty", false)]
    [InlineData("gone", "security", true)]
    public void A_set_that_leaves_nobody_to_change_it_is_a_lockout(string? person, string? group, bool isFine)
    {
        var directory = PeopleDirectory.Empty with
        {
            Groups = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["security"] = ["gone", "eve"], ["left"] = ["gone"], ["empty"] = [] },
            Departed = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal) { ["gone"] = Some.Noon },
            Absences = [new("tom", Some.Noon, Some.Noon)],
            Delegations = [new("tom", "dee", Some.Noon, Some.Noon)],
        };
        var named = person is null && group is null ? null : new PolicyAdministrators(person is null ? [] : [person], group is null ? [] : [group]);
        var set = new PolicySet("s", []) { Administrators = named };

        Assert.Equal(isFine ? null : "POLICY_LOCKOUT", Lockout.Check(set, "root", directory)?.Code);
        // Who writes the file can mend it.
        Assert.Equal(isFine || person == "adda" ? null : "POLICY_LOCKOUT", Lockout.Check(set, actor: null, directory)?.Code);
        var eveMay = named is null || group == "security" || person == "eve";
        Assert.Equal(eveMay, Lockout.CheckMayApply(set, "eve", directory) is null);
        Assert.Equal(eveMay, !Lockout.WarningsFor(set, "eve", directory).Any(warning => warning.StartsWith("'eve' could not", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("gone", "PERSON_DEPARTED")]
    [InlineData("eve", null)]
    public void Who_has_left_applies_no_policy_whether_or_not_a_set_names_who_may(string actor, string? code)
    {
        var directory = PeopleDirectory.Empty with { Departed = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal) { ["gone"] = Some.Noon } };
        var set = new PolicySet("s", []);

        Assert.Equal(code, Lockout.CheckMayApply(set, actor, directory)?.Code);
        Assert.Equal(code, Lockout.CheckMayApply(set with { Administrators = new(["gone", "eve"], []) }, actor, directory)?.Code);
    }

    [Fact]
    public void Each_name_that_nobody_is_known_by_is_a_warning()
    {
        var directory = PeopleDirectory.Empty with
        {
            Groups = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["others"] = ["eve"] },
            Departed = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal) { ["gone"] = Some.Noon },
        };
        var set = new PolicySet("s", []) { Administrators = new(["root", "adda", "eve", "gone", "Eve"], []) };

        Assert.Equal(["adda", "Eve"], Lockout.WarningsFor(set, "root", directory).Select(warning => warning.Split('\'')[1]));
        Assert.Empty(Lockout.WarningsFor(set with { Administrators = null }, "root", directory));
    }
}
