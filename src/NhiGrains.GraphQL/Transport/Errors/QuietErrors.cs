using System.Text;
using GraphQL;
using GraphQL.Execution;

namespace NhiGrains.GraphQL.Transport.Errors;

/// <summary>
/// Errors of the library quote what a client sent, for example a value in the wrong place, and that may be a token. No word as long as
/// one is repeated (promise 11).
/// </summary>
internal sealed class QuietErrors() : ErrorInfoProvider(new ErrorInfoProviderOptions { ExposeCodes = false })
{
    private const int LongestWord = 40;

    public override ErrorInfo GetInfo(ExecutionError executionError)
    {
        var info = base.GetInfo(executionError);
        if (executionError is not TransportError)
            info.Message = WithoutLongWords(info.Message);
        return info;
    }

    private static string WithoutLongWords(string message)
    {
        var quiet = new StringBuilder();
        for (var at = 0; at < message.Length;)
        {
            var end = at;
            while (end < message.Length && !char.IsWhiteSpace(message[end]))
                end++;
            quiet.Append(end - at < LongestWord ? message.AsSpan(at, end - at) : "…");
            for (at = end; at < message.Length && char.IsWhiteSpace(message[at]); at++)
                quiet.Append(message[at]);
        }

        return quiet.ToString();
    }
}
