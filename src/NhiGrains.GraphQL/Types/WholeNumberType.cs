using GraphQL.Types;

namespace NhiGrains.GraphQL.Types;

internal sealed class WholeNumberType : LongGraphType
{
    public WholeNumberType()
    {
        Name = "Long";
        Description = "A whole number of 64 bits. Above 2^53 it does not fit into a number of JavaScript.";
    }
}
