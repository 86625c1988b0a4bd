using GraphQL;
using GraphQL.Builders;
using GraphQL.Types;

namespace NhiGrains.GraphQL.Types;

/// <summary>Shorthand for the types of fields: GraphQL's are nullable unless one says otherwise.</summary>
internal static class Of
{
    public static readonly Type Text = One<StringGraphType>();
    public static readonly Type Id = One<IdGraphType>();
    public static readonly Type Int = One<IntGraphType>();
    public static readonly Type Long = One<WholeNumberType>();
    public static readonly Type Bool = One<BooleanGraphType>();
    public static readonly Type Time = One<InstantType>();
    public static readonly Type Texts = Many<StringGraphType>();

    public static Type One<T>()
        where T : IGraphType => typeof(NonNullGraphType<T>);

    public static Type Maybe<T>()
        where T : IGraphType => typeof(T);

    public static Type Many<T>()
        where T : IGraphType => typeof(NonNullGraphType<ListGraphType<NonNullGraphType<T>>>);

    public static Type MaybeMany<T>()
        where T : IGraphType => typeof(ListGraphType<NonNullGraphType<T>>);
}

/// <summary>An object of the schema over <typeparamref name="T"/>; nothing is shown without a description.</summary>
internal abstract class Described<T> : ObjectGraphType<T>
{
    protected Described(string name, string description) => (Name, Description) = (name, description);

    protected internal FieldBuilder<T, object> Show(string name, Type type, string description, Func<T, object?> value) =>
        Show(name, type, description).Resolve(context => value(context.Source));

    protected FieldBuilder<T, object> Show(string name, Type type, string description, Func<T, IResolveFieldContext<T>, object?> value) =>
        Show(name, type, description).Resolve(context => value(context.Source, context));

    protected FieldBuilder<T, object> Show(string name, Type type, string description) => Field(name, type).Description(description);
}

/// <summary>An enumeration whose every value is described; one that is not fails when the schema is made.</summary>
internal abstract class DescribedEnum<T> : EnumerationGraphType<T>
    where T : struct, Enum
{
    protected DescribedEnum(string name, string description, params (T Value, string Text)[] values)
    {
        (Name, Description) = (name, description);
        foreach (var definition in Values)
        {
            definition.Description = values.Where(value => value.Value.Equals(definition.Value)).Select(value => value.Text).FirstOrDefault()
                ?? throw new InvalidOperationException($"{name}.{definition.Name} has no description.");
        }
    }
}

/// <summary>The input of a field; its members are described likewise.</summary>
internal abstract class DescribedInput<T> : InputObjectGraphType<T>
    where T : class
{
    protected DescribedInput(string name, string description) => (Name, Description) = (name, description);

    protected void Take(string name, Type type, string description, object? otherwise = null) =>
        Field(name, type).Description(description).Configure(field => field.DefaultValue = otherwise);

    public sealed override object ParseDictionary(IDictionary<string, object?> value) => Parse(new(value));

    protected abstract T Parse(Given given);
}

/// <summary>The members of an input that were given.</summary>
internal readonly struct Given(IDictionary<string, object?> members)
{
    public T Get<T>(string name) => (T)members[name]!; // Only called for members that the schema makes non-null.

    public T? Find<T>(string name) => members.TryGetValue(name, out var value) && value is T typed ? typed : default;

    public T? FindValue<T>(string name)
        where T : struct => members.TryGetValue(name, out var value) && value is T typed ? typed : null;

    public IReadOnlyList<T> List<T>(string name) => FindList<T>(name) ?? [];

    public IReadOnlyList<T>? FindList<T>(string name) =>
        members.TryGetValue(name, out var value) && value is IEnumerable<object?> list ? [.. list.Cast<T>()] : null;
}
