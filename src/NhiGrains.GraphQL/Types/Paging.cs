using GraphQL.Builders;
using GraphQL.Types;

namespace NhiGrains.GraphQL.Types;

internal static class Paging
{
    /// <summary>The arguments of a connection that is read forwards.</summary>
    public static FieldBuilder<TSource, TReturn> Paged<TSource, TReturn>(this FieldBuilder<TSource, TReturn> field) => field
        .Argument(Of.Maybe<IntGraphType>(), "first", argument => argument.Description = $"At most so many, 1 to {Cursors.MaxFirst}; {Cursors.DefaultFirst} when left out.")
        .Argument(Of.Maybe<StringGraphType>(), "after", argument => argument.Description = "The 'endCursor' of the page before.");
}
