using System.Text.RegularExpressions;
using GraphQL;
using GraphQL.Execution;

namespace NhiGrains.GraphQL.Transport.Errors;

/// <summary>
/// Errors of the library quote what a client sent, for example a value in the wrong place, and that may be a token. Nothing as long as
/// one, without a space, is repeated (promise 11).
/// </summary>
internal sealed partial class QuietErrors() : ErrorInfoProvider(new ErrorInfoProviderOptions { ExposeCodes = false })
{
    public override ErrorInfo GetInfo(ExecutionError executionError)
    {
        var info = base.GetInfo(executionError);
        if (executionError is not TransportError)
            info.Message = LongWords().Replace(info.Message, "…");
        return info;
    }

    [GeneratedRegex(@"\S{40,}", RegexOptions.NonBacktracking)]
    private static partial Regex LongWords();
}
