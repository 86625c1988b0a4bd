using System.Runtime.CompilerServices;
using NhiGrains.Cel;
using NhiGrains.Domain.Exceptions;

namespace NhiGrains.Domain.Policies;

/// <summary>A policy set that is ready to decide: conditions compiled, rules indexed. Immutable.</summary>
public sealed class CompiledPolicy
{
    // A pure function of an immutable value, remembered for as long as the value lives.
    private static readonly ConditionalWeakTable<PolicySet, CompiledPolicy> Known = [];

    private readonly RuleIndex _index;
    private readonly Lazy<Catalogue> _first; // For what is decided again from the audit.

    private CompiledPolicy(PolicySet set)
    {
        Set = set;
        Version = set.Version;
        Catalogue = new(set, PolicyReading.Second);
        _first = new(() => new(set, PolicyReading.First));
        Rules = [.. set.Rules.Select((rule, position) => new CompiledRule(rule, position))];
        _index = new(Rules);
        LooksAtRisks = set.Rules.Any(rule => LooksAt(rule.Match));
        RequesterGroups = [.. set.Rules.SelectMany(rule => GroupsIn(rule.Match)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    public PolicySet Set { get; }

    public string Version { get; }

    /// <summary>The groups that rules and conditions of the set look for in a requester, sorted.</summary>
    public IReadOnlyList<string> RequesterGroups { get; }

    /// <summary>Whether a decision may depend on risk signals.</summary>
    public bool LooksAtRisks { get; }

    /// <summary>By the last reading.</summary>
    internal Catalogue Catalogue { get; }

    internal CompiledRule[] Rules { get; }

    // A condition that only has the word somewhere is taken for one that looks, which costs a look.
    private static bool LooksAt(PolicyMatch match) =>
        match is not { RiskAtLeast: null, RiskBelow: null } || match.Condition?.Contains("risks", StringComparison.Ordinal) == true;

    public static CompiledPolicy Of(PolicySet set) => Known.GetValue(set, unknown => new(unknown));

    /// <summary>What is wrong with a condition; empty when nothing is.</summary>
    public static IReadOnlyList<CelIssue> Check(string condition) =>
        Compile(condition) is { IsOk: false } wrong ? wrong.Issues : ConditionAttributes.GroupsIn(condition).Others;

    /// <summary>The rules that can match, in their order: the others differ in what the index knows.</summary>
    internal IEnumerable<CompiledRule> Candidates(Question question) => _index.Candidates(question);

    internal Catalogue CatalogueBy(PolicyReading reading) => reading == PolicyReading.First ? _first.Value : Catalogue;

    private static IEnumerable<string> GroupsIn(PolicyMatch match) =>
        (match.RequesterGroups ?? []).Concat(match.Condition is { } condition ? ConditionAttributes.GroupsIn(condition).Named : []);

    internal static CelCompilation Compile(string condition) => ConditionAttributes.Environment.Compile(condition, CelType.Bool);
}

internal sealed class CompiledRule
{
    private string? _digest;

    public CompiledRule(PolicyRule rule, int position)
    {
        Rule = rule;
        Position = position;
        Condition = rule.Match.Condition is { } text ? CompiledPolicy.Compile(text).Program : null;
        NamesPart = Parts.AreNamed(rule.Match);
        Stated = [.. Matching.Checks.Where(check => check.Named(this) is not null)];
    }

    public PolicyRule Rule { get; }

    /// <summary>Among the rules of the set, from 0.</summary>
    public int Position { get; }

    public PolicyMatch Match => Rule.Match;

    /// <summary>As exceptions know it.</summary>
    public string Digest => _digest ??= ExceptionPlan.DigestOf(Rule);

    /// <summary>What the rule looks at.</summary>
    public Check[] Stated { get; }

    public bool NamesPart { get; }

    /// <summary>Null when the rule has no condition, or one that does not compile: what a reader would have refused fails closed.</summary>
    public CelProgram? Condition { get; }
}
