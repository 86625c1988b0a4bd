using GraphQL;
using GraphQL.Builders;
using GraphQL.Resolvers;
using GraphQL.Types;

namespace NhiGrains.GraphQL.Access;

/// <summary>Who may use a root field.</summary>
/// <param name="Roles">Any of these; admin always may.</param>
/// <param name="Own">
/// The identity that a call is about; an identity with its own token may make the call when that is itself. Null: never.
/// </param>
internal sealed record FieldAccess(Role Roles, Func<IResolveFieldContext, string?>? Own)
{
    private const string Key = "nhi.access";

    public static FieldAccess? Declared(IMetadataReader field) => field.GetMetadata<FieldAccess?>(Key);

    public static void Declare(FieldType field, FieldAccess access) => field.WithMetadata(Key, access);

    public void Check(IResolveFieldContext context)
    {
        var caller = context.Caller();
        if (!caller.Has(Roles) && (caller.IdentityId is null || Own?.Invoke(context) != caller.IdentityId))
            throw caller.Forbidden(Roles, context.FieldDefinition.Name);
    }
}

internal static class FieldAccessExtensions
{
    public static FieldBuilder<TSource, TReturn> For<TSource, TReturn>(
        this FieldBuilder<TSource, TReturn> field, Role roles, Func<IResolveFieldContext, string?>? own = null) =>
        field.Configure(type => FieldAccess.Declare(type, new(roles, own)));

    /// <summary>
    /// Puts the declared access before each resolver of a root type, so that it holds however a document came in. A field
    /// without a declaration stops the server from starting.
    /// </summary>
    public static void GuardFields(this IObjectGraphType root)
    {
        foreach (var field in root.Fields)
        {
            var access = FieldAccess.Declared(field)
                ?? throw new InvalidOperationException($"{root.Name}.{field.Name} does not say who may use it.");
            if (field.Resolver is { } resolver)
                field.Resolver = new Guarded(access, resolver);
            if (field.StreamResolver is { } stream)
                field.StreamResolver = new GuardedStream(access, stream);
        }
    }

    private sealed class Guarded(FieldAccess access, IFieldResolver resolver) : IFieldResolver
    {
        public ValueTask<object?> ResolveAsync(IResolveFieldContext context)
        {
            access.Check(context);
            return resolver.ResolveAsync(context);
        }
    }

    private sealed class GuardedStream(FieldAccess access, ISourceStreamResolver resolver) : ISourceStreamResolver
    {
        public ValueTask<IObservable<object?>> ResolveAsync(IResolveFieldContext context)
        {
            access.Check(context);
            return resolver.ResolveAsync(context);
        }
    }
}
