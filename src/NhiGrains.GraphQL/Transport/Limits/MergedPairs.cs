using System.Runtime.InteropServices;
using GraphQLParser.AST;

namespace NhiGrains.GraphQL.Transport.Limits;

/// <summary>
/// Counts the pairs of fields that answer under one name. The rule that fields can be merged compares each pair, and the
/// pairs below it, which is what makes validation quadratic. Call it only on documents whose expansion is bounded.
/// </summary>
internal sealed class MergedPairs(IReadOnlyDictionary<string, GraphQLFragmentDefinition> fragments)
{
    public long Count(GraphQLSelectionSet? set) => set is null ? 0 : Count([set]);

    private long Count(List<GraphQLSelectionSet> sets)
    {
        var groups = new Dictionary<string, Group>(StringComparer.Ordinal);
        foreach (var set in sets)
            Collect(set, groups);

        long pairs = 0;
        foreach (var group in groups.Values)
            pairs += (group.Fields * (group.Fields - 1) / 2) + (group.Sets.Count > 0 ? Count(group.Sets) : 0);
        return pairs;
    }

    private void Collect(GraphQLSelectionSet? set, Dictionary<string, Group> groups)
    {
        foreach (var selection in set?.Selections ?? [])
            if (selection is GraphQLField field)
                Add(field, groups);
            else if (selection is GraphQLInlineFragment inline)
                Collect(inline.SelectionSet, groups);
            else if (selection is GraphQLFragmentSpread spread
                && fragments.TryGetValue(spread.FragmentName.Name.StringValue, out var fragment))
                Collect(fragment.SelectionSet, groups);
    }

    private static void Add(GraphQLField field, Dictionary<string, Group> groups)
    {
        var name = (field.Alias?.Name ?? field.Name).StringValue;
        ref var group = ref CollectionsMarshal.GetValueRefOrAddDefault(groups, name, out _);
        group ??= new Group();
        group.Fields++;
        if (field.SelectionSet is { } below)
            group.Sets.Add(below);
    }

    private sealed class Group
    {
        public long Fields { get; set; }

        public List<GraphQLSelectionSet> Sets { get; } = [];
    }
}
