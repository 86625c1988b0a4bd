using GraphQLParser.AST;

namespace NhiGrains.GraphQL.Transport.Limits;

/// <summary>Measures each fragment once, so that the time is linear in the document and not in what it expands to.</summary>
internal sealed class ShapeReader(IReadOnlyDictionary<string, GraphQLFragmentDefinition> fragments)
{
    private readonly Dictionary<string, Shape> _measured = new(StringComparer.Ordinal);
    private readonly HashSet<string> _open = new(StringComparer.Ordinal);

    public bool FoundCycle { get; private set; }

    /// <summary>Deepest nesting of introspection's own lists, each of which multiplies the answer by the schema's size.</summary>
    public int IntrospectionLists { get; private set; }

    public Shape Read(GraphQLSelectionSet? set)
    {
        var shape = Shape.Empty;
        foreach (var selection in set?.Selections ?? [])
            shape = shape.Beside(Read(selection));
        return shape;
    }

    public Shape ReadFragment(string name)
    {
        if (_measured.TryGetValue(name, out var known))
            return known;
        if (!fragments.TryGetValue(name, out var fragment))
            return Shape.Empty;
        if (!_open.Add(name))
        {
            FoundCycle = true;
            return Shape.Empty;
        }

        var shape = Read(fragment.SelectionSet);
        _open.Remove(name);
        return _measured[name] = shape;
    }

    private Shape Read(ASTNode selection) => selection switch
    {
        GraphQLField field => Read(field),
        GraphQLInlineFragment inline => Read(inline.SelectionSet).Spread(),
        GraphQLFragmentSpread spread => ReadFragment(spread.FragmentName.Name.StringValue).Spread(),
        _ => Shape.Empty,
    };

    private Shape Read(GraphQLField field)
    {
        var name = field.Name.StringValue;
        var shape = Read(field.SelectionSet).Under(name, field.Alias is not null);
        if (name is "__schema" or "__type")
            IntrospectionLists = Math.Max(IntrospectionLists, shape.IntrospectionLists);
        return shape;
    }
}
