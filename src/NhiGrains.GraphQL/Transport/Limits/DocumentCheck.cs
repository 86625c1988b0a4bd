using GraphQLParser.AST;
using NhiGrains.GraphQL.Transport.Errors;

namespace NhiGrains.GraphQL.Transport.Limits;

/// <summary>Holds a parsed document against the limits, before anything of it is validated.</summary>
internal static class DocumentCheck
{
    // As in the reference implementation: the standard introspection query nests two such lists.
    private const int MaxIntrospectionLists = 2;

    public static TransportError? Check(GraphQLDocument document, DocumentLimits limits)
    {
        var operations = document.Definitions.OfType<GraphQLOperationDefinition>().ToList();
        var definitions = document.Definitions.OfType<GraphQLFragmentDefinition>().ToList();
        if (definitions.Count > limits.MaxFragments)
            return Refusals.Limit("TOO_MANY_FRAGMENTS", "fragments", limits.MaxFragments, "Inline the fragments used once.");
        if (operations.Count > limits.MaxOperations)
            return Refusals.Limit("TOO_MANY_OPERATIONS", "operations", limits.MaxOperations, "Send the operations one by one.");

        // Of two fragments with one name the first counts here; validation refuses such a document anyway.
        var fragments = definitions.DistinctBy(f => f.FragmentName.Name.StringValue, StringComparer.Ordinal)
            .ToDictionary(f => f.FragmentName.Name.StringValue, StringComparer.Ordinal);
        return CheckShapes(operations, definitions, fragments, limits) ?? CheckPairs(operations, definitions, fragments, limits);
    }

    private static TransportError? CheckShapes(
        List<GraphQLOperationDefinition> operations,
        List<GraphQLFragmentDefinition> definitions,
        Dictionary<string, GraphQLFragmentDefinition> fragments,
        DocumentLimits limits)
    {
        var reader = new ShapeReader(fragments);
        var whole = Shape.Empty;
        TransportError? refusal = null;
        foreach (var operation in operations)
        {
            var shape = reader.Read(operation.SelectionSet);
            refusal ??= CheckOperation(shape, limits);
            whole = whole.Beside(shape);
        }

        // Fragments that nothing uses, or that share a name, are validated all the same.
        foreach (var fragment in definitions)
        {
            var shape = reader.Read(fragment.SelectionSet);
            refusal ??= CheckDepth(shape, limits.MaxIntrospectionDepth);
            whole = whole.Beside(shape);
        }

        if (reader.FoundCycle)
            return Refusals.FragmentCycle();
        if (reader.IntrospectionLists > MaxIntrospectionLists)
            return Refusals.Limit("INTROSPECTION_TOO_DEEP", "lists of introspection within each other", MaxIntrospectionLists,
                "Ask for each type's fields by its name, with __type.");
        return refusal ?? CheckSums(whole, limits);
    }

    private static TransportError? CheckOperation(Shape shape, DocumentLimits limits) =>
        CheckDepth(shape, shape.Pure ? limits.MaxIntrospectionDepth : limits.MaxDepth)
        ?? (shape.Width > limits.MaxRootFields
            ? Refusals.Limit("TOO_MANY_ROOT_FIELDS", "root fields", limits.MaxRootFields, "Send several operations.")
            : null);

    private static TransportError? CheckDepth(Shape shape, int maximum) => shape.Depth > maximum
        ? Refusals.Limit("TOO_DEEP", "levels of fields", maximum, "Ask for fewer levels, and for the rest by id.")
        : null;

    private static TransportError? CheckSums(Shape whole, DocumentLimits limits)
    {
        if (whole.Aliases > limits.MaxAliases)
            return Refusals.Limit("TOO_MANY_ALIASES", "aliases", limits.MaxAliases, "Use a list field with a filter, or several operations.");
        if (whole.Nodes > limits.MaxNodes)
            return Refusals.Limit("TOO_MANY_NODES", "fields and fragment uses", limits.MaxNodes, "Ask for less at once.");
        return null;
    }

    private static TransportError? CheckPairs(
        List<GraphQLOperationDefinition> operations,
        List<GraphQLFragmentDefinition> definitions,
        Dictionary<string, GraphQLFragmentDefinition> fragments,
        DocumentLimits limits)
    {
        var pairs = new MergedPairs(fragments);
        var count = operations.Sum(o => pairs.Count(o.SelectionSet)) + definitions.Sum(f => pairs.Count(f.SelectionSet));
        return count > limits.MaxMergedPairs
            ? Refusals.Limit("TOO_MANY_REPEATS", "pairs of fields with the same response name", limits.MaxMergedPairs,
                "Ask for each field once.")
            : null;
    }
}
