using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using NhiGrains.Sandbox.Aws.Signing;

namespace NhiGrains.Sandbox.Aws.Query;

/// <summary>The parameters of a call of the Query protocol: a form, with lists as <c>Name.member.1</c>.</summary>
internal sealed class Parameters
{
    private readonly Dictionary<string, string> _values;

    private Parameters(Dictionary<string, string> values) => _values = values;

    public IEnumerable<string> Names => _values.Keys;

    /// <exception cref="AwsException">It is no form, or has a parameter twice.</exception>
    public static Parameters Read(SignedRequest request)
    {
        var form = request.Method == "POST" ? System.Text.Encoding.UTF8.GetString(request.Body) : request.Query;
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in form.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)))
        {
            if (pair.Length != 2 || !values.TryAdd(Decode(pair[0]), Decode(pair[1])))
                throw new AwsException(400, "MalformedQueryString", "The query string contains a syntax error.");
        }

        return new(values);
    }

    public string? Optional(string name) => _values.GetValueOrDefault(name);

    public string Required(string name) => Optional(name) ?? throw Invalid("null", name, "Member must not be null");

    /// <summary>A parameter that has to be there and to look right.</summary>
    public string Required(string name, Regex shape) => Checked(name, Required(name), shape);

    public string Optional(string name, Regex shape, string otherwise) => Optional(name) is { } value ? Checked(name, value, shape) : otherwise;

    public int Number(string name, int least, int most, int otherwise)
    {
        if (Optional(name) is not { } text)
            return otherwise;
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            throw new AwsException(400, "MalformedInput", $"'{text}' is no number.");
        if (number < least)
            throw Invalid(text, name, $"Member must have value greater than or equal to {least}");
        return number <= most ? number : throw Invalid(text, name, $"Member must have value less than or equal to {most}");
    }

    /// <summary>The members of a list, in order.</summary>
    public ImmutableArray<string> List(string name)
    {
        var members = ImmutableArray.CreateBuilder<string>();
        while (Optional(Member(name, members.Count + 1)) is { } value)
            members.Add(value);
        return members.ToImmutable();
    }

    /// <summary>What each member of a list of structures is called: <c>Tags.member.1</c> and so on, as long as it has that field.</summary>
    public IEnumerable<string> Members(string name, string field)
    {
        for (var at = 1; Optional($"{Member(name, at)}.{field}") is not null; at++)
            yield return Member(name, at);
    }

    public static AwsException Invalid(string value, string name, string constraint) =>
        AwsException.Validation($"1 validation error detected: Value '{value}' at '{char.ToLowerInvariant(name[0])}{name[1..]}' failed to satisfy constraint: {constraint}");

    private static string Checked(string name, string value, Regex shape) =>
        shape.IsMatch(value) ? value : throw Invalid(value, name, $"Member must satisfy regular expression pattern: {shape}");

    private static string Member(string name, int at) => string.Create(CultureInfo.InvariantCulture, $"{name}.member.{at}");

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
