using System.Text.Json;
using NhiGrains.Cel;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Bench.Policies;

/// <summary>Some conditions as policies have them.</summary>
/// <param name="Attributes">Texts, lists of texts and maps of texts, with which it is true.</param>
internal sealed record CelCase(string Name, string Expression, IReadOnlyDictionary<string, object> Attributes);

/// <summary>The expression language alone, beside npm @bufbuild/cel, which has run before and left its figures in the folder.</summary>
internal static class CelBench
{
    private const int Calls = 50_000;

    private static readonly Dictionary<string, object> Attributes = new(StringComparer.Ordinal)
    {
        ["identity.kind"] = "workload-identity",
        ["identity.environment"] = "staging",
        ["identity.owner"] = "person-7@example.com",
        ["identity.tags"] = new Dictionary<string, string> { ["app"] = "orders", ["tier"] = "gold" },
        ["request.by"] = "person-7@example.com",
        ["request.groups"] = new[] { "on-call", "engineers" },
        ["request.ticket"] = "CHG-1042",
        ["entitlement.verbs"] = new[] { "list", "read" },
        ["evidence"] = new[] { new Dictionary<string, string> { ["kind"] = "oidc", ["repository"] = "shop/orders", ["ref"] = "refs/heads/main" } },
    };

    public static CelCase[] Cases { get; } =
    [
        new("equal, and, in", "identity.kind == 'workload-identity' && identity.environment in ['staging', 'test']", Attributes),
        new("a beginning", "request.ticket.startsWith('CHG-')", Attributes),
        new("a pattern", "request.ticket.matches('^CHG-[0-9]{3,8}$')", Attributes),
        new("a tag", "'tier' in identity.tags && identity.tags['tier'] == 'gold'", Attributes),
        new("all of a list", "entitlement.verbs.all(verb, verb in ['list', 'read', 'invoke'])", Attributes),
        new("evidence of a pipeline", "evidence.exists(one, one.kind == 'oidc' && one.repository.startsWith('shop/') && one.ref == 'refs/heads/main')", Attributes),
        new("who asks", "'on-call' in request.groups || request.by == identity.owner", Attributes),
    ];

    public static async Task RunAsync(string folder)
    {
        var peer = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "cel.out.json"))).RootElement;
        var measured = Cases.Select(one => (one, Compile: Measured.Of([one.Expression], Calls / 10, Compiled), Evaluate: Evaluated(one))).ToArray();
        PolicyTable.PrintCel(measured, peer);
    }

    private static Measured Evaluated(CelCase one)
    {
        var program = Compiled(one.Expression);
        var attributes = one.Attributes.ToDictionary(attribute => attribute.Key, attribute => Value(attribute.Value), StringComparer.Ordinal);
        if (!program.Evaluate(attributes).IsTrue)
            throw new InvalidOperationException($"'{one.Name}' is not true.");
        return Measured.Of([attributes], Calls, program.Evaluate);
    }

    private static CelProgram Compiled(string expression) =>
        ConditionAttributes.Environment.Compile(expression, CelType.Bool).Program ?? throw new InvalidOperationException($"It does not compile: {expression}");

    private static CelValue Value(object value) => value switch
    {
        string text => CelValue.Of(text),
        string[] texts => CelValue.List(texts.Select(CelValue.Of)),
        Dictionary<string, string> map => CelValue.Map(map.Select(entry => KeyValuePair.Create(CelValue.Of(entry.Key), CelValue.Of(entry.Value)))),
        Dictionary<string, string>[] maps => CelValue.List(maps.Select(map => Value(map))),
        _ => throw new InvalidOperationException($"No attribute is a {value.GetType().Name}."),
    };
}
