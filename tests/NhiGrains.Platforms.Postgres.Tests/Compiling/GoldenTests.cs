using System.Text;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.Postgres.Applying;
using NhiGrains.Platforms.Postgres.Compiling;
using NhiGrains.Platforms.TestKit;

namespace NhiGrains.Platforms.Postgres.Tests.Compiling;

/// <summary>
/// What becomes of entitlements, in SQL for a person to read. A change of it shows in review: translations.golden.txt is compared, and
/// written anew beside it as .received.txt when it differs.
/// </summary>
public class GoldenTests
{
    private const string Platform = "pg:shop";
    private const string File = "tests/NhiGrains.Platforms.Postgres.Tests/Compiling/translations.golden.txt";

    private static readonly (Verb[] Verbs, string Type, string Container, string? Name, Conditions Conditions, string[] Native)[] Table =
    [
        ([Verb.List], "database", "", "shop", Conditions.None, []),
        ([Verb.List], "schema", "shop", "public", Conditions.None, []),
        ([Verb.Read], "table", "shop/public", "orders", Conditions.None, []),
        ([Verb.Read, Verb.Write, Verb.Delete], "table", "shop/public", "Größe", Conditions.None, []),
        ([Verb.Write], "table", "shop/public", "orders", new(NotAfter: DateTimeOffset.UnixEpoch), []),
        ([Verb.Write], "table", "shop/public", "orders", new(NotBefore: DateTimeOffset.UnixEpoch), []),
        ([Verb.Read], "table", "shop/public", "orders", new(SourceCidrs: ["10.0.0.0/8"]), []),
        ([Verb.Read], "table", "shop/public", "orders", new(ResourceTagEquals: new Dictionary<string, string>(StringComparer.Ordinal) { ["team"] = "a" }), []),
        ([Verb.Read], "table", "shop/public", null, Conditions.None, []),
        ([Verb.Read], "table", "shop/pg_catalog", "pg_authid", Conditions.None, []),
        ([Verb.Invoke], "table", "shop/public", "orders", Conditions.None, []),
        ([Verb.Read, Verb.Invoke], "sequence", "shop/public", "order_ids", Conditions.None, []),
        ([Verb.Invoke], "function", "shop/public", "total:int4,_text,app.money", Conditions.None, []),
        ([], "table", "shop/public", "orders", Conditions.None, ["pg:table:TRUNCATE"]),
        ([], "table", "shop/public", "orders", Conditions.None, ["pg:table:TRIGGER"]),
        ([], "schema", "shop", "public", Conditions.None, ["pg:schema:CREATE"]),
    ];

    [Fact]
    public async Task Translations_are_what_was_reviewed()
    {
        var text = string.Join('\n', Table.Select(row => Shown(new(
            Platform, row.Verbs, [new(row.Type, row.Container, row.Name is null ? ResourceMatch.All : ResourceMatch.Exact, row.Name)], row.Conditions, row.Native.Length > 0 ? row.Native : null))));
        var golden = Checkout.PathOf(File);
        var expected = System.IO.File.Exists(golden) ? await System.IO.File.ReadAllTextAsync(golden, TestContext.Current.CancellationToken) : "";

        if (text != expected)
            await System.IO.File.WriteAllTextAsync(golden.Replace(".golden.", ".received.", StringComparison.Ordinal), text, TestContext.Current.CancellationToken);
        Assert.Equal(expected, text);
    }

    private static string Shown(Entitlement entitlement)
    {
        var plan = Compiler.Compile(new("billing", new(Platform, "billing"), [new(entitlement, "intent", null)], ControllerEndAllowed: true), Platform, ["shop"],
            new(false, TimeSpan.FromSeconds(60), false, true, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)));
        var lines = new StringBuilder();
        var asked = entitlement.Verbs.Select(verb => verb.ToString().ToUpperInvariant()).Concat(entitlement.NativeActions ?? []);
        lines.AppendLine(System.Globalization.CultureInfo.InvariantCulture, $"{string.Join(' ', asked)} of {entitlement.Resources[0]}{(entitlement.Conditions == Conditions.None ? "" : $" when {Domain.Canonical.Text(entitlement.Conditions)}")}");
        lines.AppendLine(plan.Fidelity switch
        {
            Fidelity.Refused refused => $"  Refused {refused.Why.Code}: {refused.Why.Message}",
            Fidelity.ControllerEnforced enforced => $"  ControllerEnforced within {enforced.WorstCaseLag}: {string.Join(' ', enforced.Obligations)}",
            var other => $"  {other.GetType().Name}",
        });
        foreach (var wanted in plan.Objects)
        {
            lines.AppendLine(System.Globalization.CultureInfo.InvariantCulture, $"  {wanted.Kind} {wanted.Key} {wanted.Body}");
            if (Bodies.PermissionOf(wanted) is { } permission)
                lines.AppendLine("    " + Grants.Ensure(Platform, permission).Single(sql => sql.StartsWith("GRANT ", StringComparison.Ordinal)));
        }

        return lines.ToString();
    }
}
