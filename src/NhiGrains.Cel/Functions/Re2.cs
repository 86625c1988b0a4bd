using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using NhiGrains.Cel.Evaluation;

namespace NhiGrains.Cel.Functions;

/// <summary>
/// Regular expressions of RE2 on .NET's engine without backtracking, whose time is linear in the text too. What RE2 does not have
/// (lookaround, backreferences, possessive and conditional groups) is refused; what the two read differently is rewritten.
/// </summary>
internal static class Re2
{
    public static bool TryCompile(
        string pattern, int maxLength, [NotNullWhen(true)] out Re2Pattern? compiled, [NotNullWhen(false)] out string? problem)
    {
        (compiled, problem) = (null, null);
        if (pattern.Length > maxLength)
        {
            problem = $"The regular expression is longer than {maxLength} characters.";
            return false;
        }

        try
        {
            var translator = new Re2Translator(pattern);
            var options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;
            var regex = new Regex(translator.Translate(), options, Regex.InfiniteMatchTimeout);
            compiled = new Re2Pattern(regex, translator.Weight);
            return true;
        }
        catch (Re2Failure failure)
        {
            problem = failure.Message;
        }
        catch (Exception refused) when (refused is ArgumentException or NotSupportedException)
        {
            // The first is the syntax, the second the size that the engine's automaton would have.
            problem = "The regular expression is malformed or too large.";
        }

        return false;
    }
}

/// <summary>A pattern ready to match.</summary>
/// <param name="Weight">About the states of its automaton.</param>
internal sealed record Re2Pattern(Regex Regex, long Weight)
{
    /// <summary>Proportional to the text and to the states.</summary>
    public static long Cost(long textSize, long weight) => Costs.Product(Costs.Walk(textSize), Costs.Walk(weight));
}

/// <summary>What is wrong with a regular expression; never leaves this assembly.</summary>
internal sealed class Re2Failure(string message) : Exception($"The regular expression is not RE2: {message}.");
