using System.Collections.Immutable;
using NhiGrains.Sandbox.Aws.Policies;

namespace NhiGrains.Sandbox.Aws.Authorization;

/// <summary>
/// Whether a statement applies to a request, by the rules of 'IAM JSON policy elements: Condition operators', 'Resource' and
/// 'Variables and tags' in the IAM user guide.
/// </summary>
internal static class Matching
{
    /// <summary>Apart from its principals.</summary>
    public static bool Applies(this Statement statement, bool hasVariables, string action, string resource, RequestContext context)
    {
        Func<string, string?>? variables = hasVariables ? context.Single : null;
        return Action(statement.Actions, action)
            && (statement.Resources is null || Resource(statement.Resources, resource, variables))
            && statement.Conditions.All(condition => Holds(condition, variables, context));
    }

    private static bool Action(Patterns actions, string action) =>
        actions.Values.Any(pattern => Glob.From(pattern, null) is { } glob && glob.Matches(action, ignoreCase: true)) != actions.Except;

    private static bool Resource(Patterns resources, string resource, Func<string, string?>? variables) =>
        resources.Values.Any(pattern => Glob.From(pattern, variables) is { } glob && Resource(glob, resource)) != resources.Except;

    // What an action without resources is asked for is '*', which only '*' covers.
    private static bool Resource(Glob pattern, string resource) =>
        resource == "*" ? pattern.Plain == "*" : pattern.MatchesArn(resource);

    private static bool Holds(Condition condition, Func<string, string?>? variables, RequestContext context)
    {
        var (comparison, values) = (condition.Operator, context[condition.Key]);
        if (comparison.AsksPresence)
            return condition.Values.Any(absent => bool.Parse(absent) == values is null);
        if (values is not { IsEmpty: false } given)
        {
            return comparison switch
            {
                { IfExists: true } or { Set: SetOperator.ForAllValues } => true,
                { Set: SetOperator.ForAnyValue } => false,
                _ => comparison.Negated,
            };
        }

        ImmutableArray<Glob?> expected = [.. condition.Values.Select(value => Glob.From(value, variables))];
        return comparison.Set switch
        {
            SetOperator.ForAllValues => given.All(value => One(comparison, value, expected)),
            SetOperator.ForAnyValue => given.Any(value => One(comparison, value, expected)),
            // A key with several values is for the set operators; without one the strictest reading is taken.
            _ => given.All(value => One(comparison, value, expected)),
        };
    }

    private static bool One(ConditionOperator comparison, string value, ImmutableArray<Glob?> expected) =>
        expected.Any(one => one is { } glob && Comparisons.Matches(comparison.Comparison, value, glob)) != comparison.Negated;
}
