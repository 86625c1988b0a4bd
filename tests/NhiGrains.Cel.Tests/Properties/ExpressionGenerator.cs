using System.Globalization;

namespace NhiGrains.Cel.Tests.Properties;

/// <summary>
/// Makes expressions of a wanted type out of a seed: mostly well-typed, over a few attributes, with every operator, macro and
/// function of the subset on which the second evaluator agrees with the specification.
/// </summary>
internal sealed class ExpressionGenerator(int seed)
{
    // A seed has to make the same expression in every run, and nothing here is a secret.
#pragma warning disable CA5394
    private readonly Random _random = new(seed);
    private readonly List<(string Name, string Type)> _variables = [];
    private int _names;

    public static readonly CelAttribute[] Attributes =
    [
        new("i", CelType.Int, 1),
        new("u", CelType.Uint, 1),
        new("d", CelType.Double, 1),
        new("s", CelType.String, 10),
        new("b", CelType.Bool, 1),
        new("li", CelType.List(CelType.Int), 5),
        new("ls", CelType.List(CelType.String), 10),
        new("m", CelType.Map(CelType.String, CelType.Int), 10),
        new("x.y", CelType.String, 10),
    ];

    private static readonly string[] Types = ["int", "uint", "double", "string", "bool", "list(int)", "list(string)"];

    public Dictionary<string, CelValue> Values() => new(StringComparer.Ordinal)
    {
        ["i"] = CelValue.Of((long)_random.Next(-5, 6)),
        ["u"] = CelValue.Of((ulong)_random.Next(1, 6)),
        ["d"] = CelValue.Of(_random.Next(-8, 8) / 4.0),
        ["s"] = CelValue.Of(Text()),
        ["b"] = CelValue.Of(_random.Next(2) == 0),
        ["li"] = CelValue.List(Enumerable.Range(0, _random.Next(2, 5)).Select(_ => CelValue.Of((long)_random.Next(-3, 4)))),
        ["ls"] = CelValue.List(Enumerable.Range(0, _random.Next(2, 5)).Select(_ => CelValue.Of(Text()))),
        ["m"] = CelValue.Map(
            Enumerable.Range(0, _random.Next(2, 4)).Select(n => KeyValuePair.Create(CelValue.Of("abcd"[n].ToString()), CelValue.Of((long)n)))),
        ["x.y"] = CelValue.Of(Text()),
    };

    public string Expression(int depth = 5) => Of(Types[_random.Next(Types.Length)], depth);

    private string Of(string type, int depth)
    {
        if (depth <= 0 || _random.Next(8) == 0)
            return Leaf(type);
        if (_random.Next(12) == 0)
            return $"({Bool(depth - 1)} ? {Of(type, depth - 1)} : {Of(type, depth - 1)})";
        return type switch
        {
            "int" => Int(depth - 1),
            "uint" => $"({Of("uint", depth - 1)} {Pick("+", "-", "*", "/", "%")} {Of("uint", depth - 1)})",
            "double" => Double(depth - 1),
            "string" => String(depth - 1),
            "bool" => Bool(depth - 1),
            _ => List(type, depth - 1),
        };
    }

    private string Leaf(string type)
    {
        var variables = _variables.Where(v => v.Type == type).Select(v => v.Name).ToArray();
        if (variables.Length > 0 && _random.Next(2) == 0)
            return variables[_random.Next(variables.Length)];
        return type switch
        {
            "int" => Rarely("9223372036854775807", "-9223372036854775808", "li[4]", "m.z")
                ?? Pick("i", "m.a", "m['b']", "li[0]", Number(1, 4), Number(-9, 10)),
            "uint" => Rarely("18446744073709551615u", "0u") ?? Pick("u", Number(1, 10) + "u"),
            "double" => Pick("d", "1e300", Number(-9, 10) + ".5"),
            "string" => Rarely("ls[4]") ?? Pick("s", "x.y", "ls[1]", $"'{Text()}'"),
            "bool" => Pick("b", "true", "false", "has(m.a)", "has(m.z)"),
            "list(int)" => Pick("li", "(li + [])", $"[{Number(-3, 4)}, i]"),
            _ => Pick("ls", "(ls + [])", $"['{Text()}', s]"),
        };
    }

    private string Int(int depth) => _random.Next(8) switch
    {
        0 => $"-({Of("int", depth)})",
        1 => $"size({Of("string", depth)})",
        2 => $"{Of("list(int)", depth)}.size()",
        3 => $"{Of("list(int)", depth)}[{Index(depth)}]",
        4 => $"int({Of("uint", depth)})",
        _ => $"({Of("int", depth)} {Pick("+", "-", "*", "/", "%")} {Of("int", depth)})",
    };

    private string Double(int depth) => _random.Next(5) switch
    {
        0 => $"-({Of("double", depth)})",
        1 => $"double({Of("int", depth)})",
        _ => $"({Of("double", depth)} {Pick("+", "-", "*", "/")} {Of("double", depth)})",
    };

    private string String(int depth) => _random.Next(4) switch
    {
        0 => $"string({Of("int", depth)})",
        1 => $"{Of("list(string)", depth)}[{Index(depth)}]",
        _ => $"({Of("string", depth)} + {Of("string", depth)})",
    };

    private string Bool(int depth)
    {
        var type = Types[_random.Next(Types.Length)];
        var ordered = type.StartsWith("list", StringComparison.Ordinal) || type == "bool" ? "int" : type;
        return _random.Next(12) switch
        {
            0 => $"!({Of("bool", depth)})",
            1 or 2 => $"({Of("bool", depth)} && {Of("bool", depth)})",
            3 or 4 => $"({Of("bool", depth)} || {Of("bool", depth)})",
            5 => $"({Of(ordered, depth)} {Pick("<", "<=", ">", ">=")} {Of(ordered, depth)})",
            6 => $"({Of(type, depth)} {Pick("==", "!=")} {Of(type, depth)})",
            7 => $"({Of("int", depth)} in {Of("list(int)", depth)})",
            8 => $"({Of("string", depth)} in {Pick("m", Of("list(string)", depth))})",
            9 => $"{Of("string", depth)}.{Pick("contains", "startsWith", "endsWith")}({Of("string", depth)})",
            10 => $"{Of("string", depth)}.matches(r'{Pattern(3)}')",
            _ => Macro(Pick("all", "exists", "exists_one"), depth),
        };
    }

    private string Pattern(int depth) => depth == 0 ? Atom() : _random.Next(7) switch
    {
        0 => $"({Pattern(depth - 1)})",
        1 => $"(?{Pick(":", "i:", "s:", $"P<n{_names++}>")}{Pattern(depth - 1)})",
        2 => $"{Pattern(depth - 1)}|{Pattern(depth - 1)}",
        3 => $"({Pattern(depth - 1)}){Pick("*", "+", "?", "*?", "{2}", "{1,2}", "{0,}")}",
        4 => Atom() + Pick("*", "+", "?", "{2}"),
        _ => Pattern(depth - 1) + Pattern(depth - 1),
    };

    private string Atom() => Pick(
        "a", "b", "cd", "é", ".", @"\d", @"\w", @"\W", @"\S", "[a-c]", "[^b]", "[^a-cé]", @"[\w-]", @"[^\D]", "[[:alpha:]]", "[[:^lower:]]",
        @"\pL", @"\PL", @"[^\pL]", "^", "$", @"\A", @"\z", @"\x61", @"\x{e9}", "(?i)A", @"\Qa\E", "(?:)");

    private string List(string type, int depth) => _random.Next(4) switch
    {
        0 => $"({Of(type, depth)} + {Of(type, depth)})",
        1 => $"[{Of(type[5..^1], depth)}, {Of(type[5..^1], depth)}]",
        2 => Bound(type[5..^1], name => $"{Of(type, depth)}.filter({name}, ", depth),
        _ => Bound("int", name => $"{Of("list(int)", depth)}.map({name}, ", depth, type[5..^1]),
    };

    private string Macro(string macro, int depth) => Bound("int", name => $"{Of("list(int)", depth)}.{macro}({name}, ", depth);

    private string Bound(string type, Func<string, string> open, int depth, string body = "bool")
    {
        var name = $"v{_variables.Count}";
        var text = open(name);
        _variables.Add((name, type));
        text += Of(body, depth) + ")";
        _variables.RemoveAt(_variables.Count - 1);
        return text;
    }

    /// <summary>Mostly of an element that is there.</summary>
    private string Index(int depth) => Rarely(Of("int", depth)) ?? Pick("0", "1", "size(li) - 2");

    private string? Rarely(params string[] choices) => _random.Next(15) == 0 ? Pick(choices) : null;

    private string Number(int from, int to) => _random.Next(from, to).ToString(CultureInfo.InvariantCulture);

    private string Text() => string.Concat(Enumerable.Range(0, _random.Next(4)).Select(_ => "abcdé"[_random.Next(5)]));

    private string Pick(params string[] choices) => choices[_random.Next(choices.Length)];
#pragma warning restore CA5394
}
