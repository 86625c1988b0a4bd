using System.Diagnostics;
using System.Globalization;

namespace NhiGrains.Cel.Tests.Properties;

/// <summary>Broken and mixed expressions, for as long as one wants: <c>NHIGRAINS_CEL_FUZZ_SECONDS=600</c>.</summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    private static readonly string[] Pieces =
    [
        "(", ")", "[", "]", "{", "}", ",", ".", ":", "?", "!", "-", "+", "*", "/", "%", "==", "<", "in ", "&&", "||", "'", "\"\"\"", "b'",
        "r'", "\\x", "\\u12", "0x", "1e", "9223372036854775808", "1u", ".5", "//", "\n", "has(", ".all(x, ", ".exists_one(x, ", ".map(x, ",
        ".map(x, true, ", ".filter(x, ", ".matches('(a|b)*[^c]{2,5}$')", "matches(s, ", ".size()", "size(", "string(", "bytes(", "int(",
        "timestamp('2024-01-01T00:00:00Z')", "duration('1h')", ".getHours('Europe/Paris')", ".getDate()", "type(", "dyn(", "[]", "{}", "null",
        "x", "s", "m", "li", "ls", "x.y", ".a", "`", "😀", "\u0301", "T{a: 1}", "double('NaN')", "google.protobuf.Duration",
    ];

    private static int Seconds => int.TryParse(
        Environment.GetEnvironmentVariable("NHIGRAINS_CEL_FUZZ_SECONDS"), CultureInfo.InvariantCulture, out var seconds) ? seconds : 1;

    [Fact]
    public void No_text_makes_the_compiler_or_the_evaluator_throw_or_take_long()
    {
        var environment = new CelEnvironment(ExpressionGenerator.Attributes);
        var clock = Stopwatch.StartNew();
        var (texts, programs, slowest, slow) = (0, 0, TimeSpan.Zero, "");
        for (var seed = 0; clock.Elapsed < TimeSpan.FromSeconds(Seconds); seed++)
        {
            var text = Text(seed);
            var values = new ExpressionGenerator(seed).Values();
            var start = clock.Elapsed;
            var compiled = environment.Compile(text);
            Assert.NotEqual(compiled.IsOk, compiled.Issues.Count > 0);
            compiled.Program?.Evaluate(values);
            environment.CompileUnchecked(text).Program?.Evaluate(values);
            if (clock.Elapsed - start > slowest)
                (slowest, slow) = (clock.Elapsed - start, text);
            (texts, programs) = (texts + 1, programs + (compiled.IsOk ? 1 : 0));
        }

        output.WriteLine($"{texts} texts, {programs} of them programs; the slowest took {slowest.TotalMilliseconds:F0} ms: {slow}");
        Assert.True(slowest < TimeSpan.FromSeconds(5), slow);
        Assert.True(programs > texts / 50, "Hardly any text was an expression.");
    }

    private static string Text(int seed)
    {
#pragma warning disable CA5394 // A seed has to make the same text in every run.
        var random = new Random(seed);
        var text = new ExpressionGenerator(seed).Expression(random.Next(1, 5));
        for (var i = random.Next(3); i > 0; i--)
        {
            var at = random.Next(text.Length + 1);
            var piece = string.Concat(Enumerable.Repeat(Pieces[random.Next(Pieces.Length)], random.Next(20) == 0 ? 300 : 1));
            text = random.Next(4) switch
            {
                0 => text[..at] + piece,
                1 => text.Remove(at, Math.Min(random.Next(4), text.Length - at)),
                2 => $"{piece}{text}",
                _ => text.Insert(at, piece),
            };
        }
#pragma warning restore CA5394

        return text;
    }
}
