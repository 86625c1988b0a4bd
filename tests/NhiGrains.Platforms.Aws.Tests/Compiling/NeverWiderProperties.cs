using System.Net;
using CsCheck;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Identities;
using NhiGrains.Platforms.Aws.Compiling;

namespace NhiGrains.Platforms.Aws.Tests.Compiling;

/// <summary>Promise 5: what entitlements mean against what the sandbox's evaluator makes of their policies, for requests around them.</summary>
public sealed class NeverWiderProperties(ITestOutputHelper output)
{
    private const int Samples = 6_000;
    private const string Role = "app";

    private static readonly Dictionary<string, string> Untagged = new(StringComparer.Ordinal);

    private static readonly DateTimeOffset Now = new(2030, 6, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly string[] Buckets = ["orders-prod", "orders-prod-old"];
    private static readonly string[] Regions = ["eu-central-1", "us-east-1"];
    private static readonly string[] Teams = ["a", "ab"];
    private static readonly IPAddress[] Addresses = [IPAddress.Parse("10.1.2.3"), IPAddress.Parse("10.2.0.1"), IPAddress.Parse("203.0.113.9")];
    private static readonly DateTimeOffset[] Times = [Now.AddHours(-1), Now.AddSeconds(-1), Now, Now.AddMinutes(59), Now.AddHours(1), Now.AddDays(400)];

    private static readonly Dictionary<string, string[]> Names = new(StringComparer.Ordinal)
    {
        ["s3-object"] = ["team-a/1", "team-a/10", "team-ab/1", "team-a", "other", "team-a/x/1"],
        ["s3-bucket"] = [.. Buckets, "orders"],
        ["sqs-queue"] = ["team-a", "team-ab", "team-a-1", "team.fifo"],
        ["dynamodb-table"] = ["team-a", "team-ab", "team-a-1", "tea"],
        ["secretsmanager-secret"] = ["team/db", "team/db-x", "team", "team/db-AbCdEf"],
        ["lambda-function"] = ["team-a", "team-ab", "team-a-1"],
        ["iam-role"] = ["deployer", "deployer2", "team/deployer"],
    };

    private static readonly Dictionary<string, string[]> Prefixes = new(StringComparer.Ordinal)
    {
        ["s3-object"] = ["team-a/", "team-", "team-a"],
        ["s3-bucket"] = ["orders-"],
        ["sqs-queue"] = ["team-", "team-a-"],
        ["dynamodb-table"] = ["team-", "team-a-"],
        ["secretsmanager-secret"] = ["team/", "team-", "team/db-"],
        ["lambda-function"] = ["team-", "team-a-"],
        ["iam-role"] = ["team/"],
    };

    private static readonly string[] Types = [.. Names.Keys];

    private static readonly Gen<ResourceSelector> Resources = Gen.Select(Gen.Int[0, Types.Length - 1], Gen.Int[0, 1], Gen.Int[0, 5], Gen.Int[0, 100], (type, container, match, name) =>
    {
        var (word, space) = (Types[type], ContainerOf(Types[type], container));
        return match switch
        {
            0 => new ResourceSelector(word, space, ResourceMatch.All, null),
            1 or 2 => new(word, space, ResourceMatch.Prefix, Prefixes[word][name % Prefixes[word].Length]),
            _ => new(word, space, ResourceMatch.Exact, name == 100 ? "te*m" : Names[word][name % Names[word].Length]),
        };
    });

    private static readonly Gen<Conditions> Conditionings = Gen.Select(Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[0, 5], (begins, ends, from, tagged) => new Conditions(
        begins == 0 ? Now : null,
        ends <= 1 ? Now.AddHours(1) : null,
        from switch { 0 => ["10.1.0.0/16"], 1 => ["10.0.0.0/8", "192.0.2.0/24"], _ => null },
        tagged == 0 ? new Dictionary<string, string>(StringComparer.Ordinal) { ["team"] = "a" } : null));

    private static readonly Gen<Entitlement> Entitlements = Gen.Select(Gen.Int[1, 63], Resources.Array[1, 2], Conditionings, (verbs, resources, conditions) => new Entitlement(
        AwsPlace.PlatformId, [.. Offered(resources).Where((_, i) => (verbs & (1 << i)) != 0).DefaultIfEmpty(Verb.Read)], resources, conditions));

    private static readonly Gen<Attempt> Attempts = Gen.Select(
        Gen.Int[0, AskedFor.Actions.Count - 1], Gen.Int[0, 1], Gen.Int[0, 100], Gen.Int[0, 5], Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[0, 9], (action, container, name, at, from, team, owner) =>
        {
            var word = AskedFor.Actions.Keys.ElementAt(action);
            var type = TypeOf(word);
            var named = Names[type][name % Names[type].Length];
            return new Attempt(word, ContainerOf(type, container), word == "s3:ListBucket" && name > 80 ? null : named, Times[at], Addresses[from], team == 2 ? null : Teams[team],
                owner == 0 ? "999999999999" : SandboxAccount.AccountId);
        });

    [Fact]
    public async Task A_request_is_allowed_exactly_when_an_entitlement_asks_for_it()
    {
        await using var sandbox = await SandboxAccount.StartAsync();
        var role = $"arn:aws:iam::{SandboxAccount.AccountId}:role/{Role}";
        var (fidelities, entitlements, requests, allowed) = (new SortedDictionary<string, int>(StringComparer.Ordinal), 0, 0, 0);

        // One after the other: they share the role.
        Gen.Select(Entitlements.Array[2, 5], Attempts.Array[60]).Sample(sample =>
        {
            var (asked, attempts) = sample;
            var given = new List<Entitlement>();
            foreach (var one in asked)
            {
                var alone = Compile([one]).Fidelity;
                fidelities[alone.GetType().Name] = fidelities.GetValueOrDefault(alone.GetType().Name) + 1;
                if (alone is not Fidelity.Refused)
                    given.Add(one);
            }

            entitlements += asked.Length;
            var plan = Compile(given);
            // Read as strictly as what comes in a request, without the six thousand requests.
            sandbox.Account.AddRoles([new(Role, "/", Untagged, plan.Objects.ToDictionary(policy => policy.Key, policy => policy.Body, StringComparer.Ordinal))]);
            foreach (var attempt in attempts)
            {
                var answer = sandbox.Account.Evaluate(role, attempt.Action, attempt.Arn, attempt.Context).IsAllowed;
                // Said only when it is so: the sentence takes longer than the question.
                if (answer != given.Any(one => AskedFor.By(one, attempt)))
                    Assert.Fail($"{(answer ? "Wider" : "Narrower")}: {attempt}\n{string.Join('\n', given)}\n{string.Join('\n', plan.Objects)}");
                (requests, allowed) = (requests + 1, allowed + (answer ? 1 : 0));
            }
        }, iter: Samples, threads: 1);

        output.WriteLine($"{entitlements} entitlements ({string.Join(", ", fidelities.Select(one => $"{one.Value} {one.Key}"))}), {requests} requests, of which {allowed} were allowed; none wider, none narrower.");
        Assert.True(entitlements >= 20_000, $"{entitlements} entitlements");
        Assert.True(allowed >= 1_000, $"{allowed} allowed");
    }

    private static Translation Compile(IReadOnlyList<Entitlement> entitlements) => Compiler.Compile(
        new("billing", new(AwsPlace.PlatformId, $"role/{Role}"), [.. entitlements.Select((one, i) => new DesiredEntitlement(one, $"g{i}", null))], ControllerEndAllowed: true),
        new(AwsPlace.PlatformId, "aws", SandboxAccount.AccountId));

    private static string ContainerOf(string type, int number) => type switch { "s3-object" => Buckets[number], "s3-bucket" or "iam-role" => "", _ => Regions[number] };

    private static string TypeOf(string action) => AskedFor.Actions[action]?.Type ?? action.Split(':')[0] switch
    {
        "s3" => action.Contains("Bucket", StringComparison.Ordinal) ? "s3-bucket" : "s3-object",
        "sqs" => "sqs-queue",
        "dynamodb" => "dynamodb-table",
        "lambda" => "lambda-function",
        _ => "iam-role",
    };

    /// <summary>Mostly verbs that the types offer, so that not everything is refused.</summary>
    private static IEnumerable<Verb> Offered(ResourceSelector[] resources) => Enum.GetValues<Verb>()
        .Where(verb => resources.All(resource => Catalogue.Current.Find(resource.Type)?.Verbs.ContainsKey(Catalogues.VerbWords.Of(verb)) == true));
}
