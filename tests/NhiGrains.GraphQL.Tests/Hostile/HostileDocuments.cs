using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace NhiGrains.GraphQL.Tests.Hostile;

/// <summary>Request bodies of up to 256 KB that are made to cost: each by its name.</summary>
internal static class HostileDocuments
{
    private const int Size = 256 * 1024 - 200;

    // Escapes as little as JSON permits, so that the document itself fills the body. Before the bodies, which need it.
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static IReadOnlyDictionary<string, string> Bodies { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["deep fields"] = Query("{" + Times("a{", 120_000)),
        ["deep fields, closed"] = Query(Nest("{ node(id: \"x\") ", "{ a", 60_000)),
        ["deep valid fields"] = Query("{ grants { nodes " + string.Concat(Enumerable.Repeat("{ identity { grants ", 3_000)) + "{ id }" + new string('}', 6_002)),
        ["aliases"] = Query("{" + Each(12_000, n => $"a{n}:platforms{{id}} ") + "}"),
        ["aliases of a list"] = Query("{" + Each(28, n => $"a{n}:identities(first:200){{totalCount}} ") + "}"),
        ["root fields"] = Query("{" + Fill("platforms{id}") + "}"),
        ["one field again and again"] = Query("{platforms{" + Fill("id ") + "}}"),
        ["one field with a set again and again"] = Query("{platforms{" + Fill("unmanaged{objects{key}}") + "}}"),
        ["typename again and again"] = Query("{" + Fill("__typename ") + "}"),
        ["conflicting aliases"] = Query("{platforms{" + Each(7_000, n => $"x:id x:health y{n % 3}:message ") + "}}"),
        ["a conflict at every level"] = Query(Nest("{ identities { nodes ", "{ grants { identity ", 2_000)),
        ["fragments that double"] = Query("{...f0}" + Each(3_000, n => $"fragment f{n} on Query{{...f{n + 1} ...f{n + 1}}}") + "fragment f3000 on Query{__typename}"),
        ["fragments that double, within the count"] = Query("{...f0}" + Each(90, n => $"fragment f{n} on Query{{...f{n + 1} ...f{n + 1}}}") + "fragment f90 on Query{__typename}"),
        ["a fragment in itself"] = Query("{...a} fragment a on Query{...a}"),
        ["a circle of fragments"] = Query("{...f0}" + Each(4_000, n => $"fragment f{n} on Query{{...f{(n + 1) % 4_000}}}")),
        ["a small circle of fragments"] = Query("{...f0}" + Each(60, n => $"fragment f{n} on Query{{...f{(n + 1) % 60}}}")),
        ["fragments that nobody uses"] = Query("{__typename}" + Each(5_000, n => $"fragment f{n} on Query{{__typename}}")),
        ["fragments of one name"] = Query("{...f}" + Fill("fragment f on Query{__typename}")),
        ["one fragment spread everywhere"] = Query("{" + Fill("...f ") + "} fragment f on Query{platforms{id}}"),
        ["inline fragments in each other"] = Query("{" + Times("...{", 60_000)),
        ["inline fragments beside each other"] = Query("{" + Fill("...on Query{__typename}") + "}"),
        ["directives"] = Query("{__typename " + Fill("@skip(if:false)") + "}"),
        ["unknown directives"] = Query("{" + Each(8_000, n => $"__typename @d{n} ") + "}"),
        ["a huge string"] = Query("{node(id:\"" + new string('x', 250_000) + "\"){id}}"),
        ["a huge block string"] = Query("{node(id:\"\"\"" + new string('x', 250_000) + "\"\"\"){id}}"),
        ["block string of lines"] = Query("{node(id:\"\"\"" + Packed("\n ", 80_000) + "\"\"\"){id}}"),
        ["a huge whole number"] = Query("{grants(first:" + new string('9', 250_000) + "){totalCount}}"),
        ["a huge fraction"] = Query("{grants(first:0." + new string('9', 250_000) + "){totalCount}}"),
        ["a huge exponent"] = Query("{grants(first:1e" + new string('9', 200) + "){totalCount}}"),
        ["a huge name"] = Query("{" + new string('n', 250_000) + "}"),
        ["an open string"] = Query("{node(id:\"" + new string('x', 250_000)),
        ["open strings on every line"] = Query("{" + Packed("\"\n", 60_000)),
        ["an open block string"] = Query("{node(id:\"\"\"" + Packed("\\\"\"\"", 30_000)),
        ["an open block string without escapes"] = Query("{node(id:\"\"\"" + new string('x', 250_000)),
        ["an open string after an escape"] = Query("{node(id:\"\\" + new string('x', 250_000)),
        ["a wrong escape before a long rest"] = Query("{node(id:\"\\q" + new string('x', 250_000) + "\"){id}}"),
        ["a wrong escape at a long end"] = Query("{node(id:\"" + new string('x', 250_000) + "\\q\"){id}}"),
        ["a wrong escape of a character at a long end"] = Query("{node(id:\"" + new string('x', 250_000) + "\\u00g0\"){id}}"),
        ["a control character in a long string"] = Query("{node(id:\"" + new string('x', 125_000) + "\u0001" + new string('x', 125_000) + "\"){id}}"),
        ["an error at the end of a long line"] = Query("{node(id:\"" + new string('x', 250_000) + "\"){id}} ?"),
        ["an error after many lines"] = Query("{node(id:\"x\"){id}}" + new string('\n', 120_000) + "?"),
        ["an error before many lines"] = Query("?" + new string('\n', 120_000) + "{node(id:\"x\"){id}}"),
        ["an error in a long comment's shadow"] = Query("{node #" + new string('x', 250_000) + "\n(id:?){id}}"),
        ["an end in a long comment"] = Query("{node #" + new string('x', 250_000)),
        ["an open string as long as a line may be"] = Query(ThreeLines("{node(id:\"")),
        ["a wrong escape between lines as long as they may be"] = Query(ThreeLines("{node(id:\"\\q\") #")),
        ["emoji in an error on lines as long as they may be"] = Query(string.Join('\n', Enumerable.Repeat("#" + Packed("😀", 4_990), 3)) + "\n?"),
        ["open braces"] = Query(Times("{", 240_000)),
        ["open parentheses"] = Query("{node" + Times("(", 240_000)),
        ["lists in lists"] = Query("{node(id:" + Times("[", 240_000)),
        ["objects in objects"] = Query("{node(id:" + Times("{a:", 80_000)),
        ["closing braces"] = Query("{__typename}" + Times("}", 240_000)),
        ["arguments"] = Query("{node(" + Each(20_000, n => $"a{n}:1 ") + "){id}}"),
        ["an enum list"] = Query("{identities(filter:{kind:[" + Fill("BOT ") + "]}){totalCount}}"),
        ["variable definitions"] = Query("query(" + Each(12_000, n => $"$v{n}:Int ") + "){__typename}"),
        ["variable types in lists"] = Query("query($v:" + Times("[", 100_000) + "Int" + Times("]", 100_000) + "){__typename}"),
        ["operations"] = Query(Each(8_000, n => $"query q{n}{{__typename}}")),
        ["operations of one name"] = Query(Fill("query q{__typename}")),
        ["introspection in a loop"] = Query(Nest("{__schema{types", "{fields{type", 8_000)),
        ["introspection, five lists deep"] = Query("{__schema{types{fields{type{fields{type{fields{type{fields{type{fields{name}}}}}}}}}}}}"),
        ["introspection of one type by aliases"] = Query("{" + Each(25, n => $"t{n}:__type(name:\"Identity\"){{fields{{name args{{name}} type{{fields{{name}}}}}}}}") + "}"),
        ["byte order marks"] = Query(Times("\uFEFF", 42_000) + "{__typename}"),
        ["commas"] = Query(Times(",", 240_000) + "{__typename}"),
        ["comments"] = Query(Packed("#\n", 80_000) + "{__typename}"),
        ["control characters"] = Query("{" + Times("\u0001", 40_000) + "}"),
        ["emoji for names"] = Query("{" + Times("😀 ", 20_000) + "}"),
        ["escapes"] = Query("{node(id:\"" + Packed("\\u0041", 35_000) + "\"){id}}"),
        ["half a surrogate"] = """{"query":"{node(id:\"\ud800\"){id}}"}""",
        ["half a surrogate, escaped twice"] = Query("{node(id:\"\\uD800\"){id}}"),
        ["a schema instead of a query"] = Query(Each(7_000, n => $"type T{n}{{a:Int}} ")),
        ["a subscription with many roots"] = Query("subscription{" + Fill("driftDetected{cursor}") + "}"),
        ["deep variables"] = "{\"query\":\"query($v:ID!){node(id:$v){id}}\",\"variables\":" + Times("{\"v\":", 45_000) + "1" + new string('}', 30_000),
        ["deep lists in variables"] = "{\"query\":\"query($v:ID!){node(id:$v){id}}\",\"variables\":{\"v\":" + new string('[', 120_000) + new string(']', 120_000) + "}}",
        ["lists as deep as allowed, many"] = WithVariable("[" + string.Join(',', Enumerable.Repeat(new string('[', 50) + new string(']', 50), 2_400)) + "]"),
        ["wide variables"] = WithVariable("[" + Times("1,", 120_000) + "1]"),
        ["many variables"] = "{\"query\":\"{__typename}\",\"variables\":{" + Each(18_000, n => $"\"v{n}\":1,") + "\"v\":1}}",
        ["a huge number in a variable"] = WithVariable(new string('9', 250_000)),
        ["a huge string in a variable"] = WithVariable("\"" + new string('x', 250_000) + "\""),
        ["a string of escapes in a variable"] = WithVariable("\"" + Packed("\\u0000", 40_000) + "\""),
        ["the same member again and again"] = "{" + Times("\"query\":\"{__typename}\",", 11_000) + "\"query\":\"{__typename}\"}",
        ["entitlements"] = Mutation("query($v:[EntitlementInput!]!){simulateAccess(identityId:\"nobody\",entitlements:$v){...on Refusal{code}}}",
            "[" + string.Join(',', Enumerable.Repeat("{\"platform\":\"k8s:test\",\"verbs\":[\"READ\"],\"resources\":[{\"type\":\"a\",\"name\":\"b\"}]}", 2_900)) + "]"),
        ["tags"] = Mutation("mutation($v:[TagInput!]!){registerIdentity(input:{identityId:\"x\",kind:BOT,owner:{person:\"a\",team:\"b\"},environment:\"test\",tags:$v}){result{...on Refusal{code}}}}",
            "[" + Each(8_000, n => $"{{\"key\":\"k{n}\",\"value\":\"v\"}},") + "{\"key\":\"k\",\"value\":\"v\"}]"),
        ["wrong members of inputs"] = Mutation("mutation($v:RegisterIdentityInput!){registerIdentity(input:$v){idempotencyKey}}", "{" + Each(18_000, n => $"\"m{n}\":1,") + "\"m\":1}"),
        ["a huge cursor"] = Mutation("query($v:String){audit(after:$v){totalCount}}", "\"" + new string('A', 250_000) + "\""),
        ["a huge operation name"] = "{\"query\":\"{__typename}\",\"operationName\":\"" + new string('x', 250_000) + "\"}",
        ["huge extensions"] = "{\"query\":\"{__typename}\",\"extensions\":{\"x\":[" + Times("{},", 80_000) + "1]}}",
        ["no JSON"] = new string('{', 250_000),
        ["JSON of white space"] = new string(' ', 250_000) + "{}",
    };

    private static string Query(string query) => JsonSerializer.Serialize(new { query }, Relaxed);

    private static string WithVariable(string json) => Mutation("query($v:ID!){node(id:$v){id}}", json);

    private static string Mutation(string query, string json) => $"{{\"query\":{JsonSerializer.Serialize(query, Relaxed)},\"variables\":{{\"v\":{json}}}}}";

    private static string Fill(string unit) => Times(unit, (Size - 3_000) * 50 / ((unit.Length * 50) + 2));

    // On lines of a usual length, or the bound on lines would be all that is ever reached.
    private static string Times(string unit, int count) => Each(count, _ => unit);

    private static string Packed(string unit, int count) => new StringBuilder().Insert(0, unit, count).ToString();

    private static string Each(int count, Func<int, string> part)
    {
        var text = new StringBuilder();
        for (var number = 0; number < count; number++)
            text.Append(part(number)).Append(number % 50 == 49 ? "\n" : "");
        return text.ToString();
    }

    // An error quotes the line before and the line after too.
    private static string ThreeLines(string start)
    {
        var comment = "#" + new string('\u00e9', 9_990);
        return $"{comment}\n{start}{new string('x', 9_990 - start.Length)}\n{comment}";
    }

    private static string Nest(string start, string level, int depth) =>
        start + Times(level, depth) + "{__typename}" + new string('}', (level.Count(c => c == '{') * depth) + start.Count(c => c == '{'));
}
