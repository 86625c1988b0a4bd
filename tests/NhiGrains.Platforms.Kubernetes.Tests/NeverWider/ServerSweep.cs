using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using k8s;
using k8s.Models;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.Kubernetes.Api;
using NhiGrains.Platforms.Kubernetes.Applying;
using NhiGrains.Platforms.Kubernetes.Compiling;
using NhiGrains.Platforms.Kubernetes.Objects;
using NhiGrains.Platforms.TestKit.Kubernetes;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Platforms.Kubernetes.Tests.NeverWider;

/// <summary>
/// Writes what entitlements compile to onto a server, and asks its authorizer about requests around them. Accounts share namespaces
/// in groups, so that what one has can reach another one. They are not created, since the authorizer does not look for them.
/// </summary>
internal sealed class ServerSweep(IKubernetesServer server, int seed, CancellationToken cancellation) : IDisposable
{
    private const int AtOnce = 32;
    private const int AccountsOfAGroup = 20;
    private const int EntitlementsOfAnAccount = 10;

    private readonly KubernetesApi _api = new(new ApiTransport(new k8s.Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(server.Kubeconfig)), TimeSpan.FromSeconds(30)), TimeProvider.System);
    private readonly HttpClient _client = server.ClientWith(server.AdminToken);
    private readonly Fence _fence = new(TimeProvider.System, TimeSpan.FromMinutes(10));
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, int> Fidelities => _counts;

    public int Requests { get; private set; }

    public int Allowed { get; private set; }

    public int Accounts { get; private set; }

    public int Objects { get; private set; }

    /// <param name="groups">Each of 20 accounts with 10 entitlements.</param>
    /// <param name="change">What is written in place of what an account's entitlements compile to; the other accounts of its group are given with it.</param>
    /// <returns>Answers that are wider than anybody asked for, and such as are narrower without a reason.</returns>
    public async Task<IReadOnlyList<WrongAnswer>> RunAsync(string name, int groups, Func<SweptAccount, IReadOnlyList<SweptAccount>, SweptAccount>? change = null)
    {
#pragma warning disable CA5394 // A sample needs no secure randomness.
        var random = new Random(seed);
#pragma warning restore CA5394
        var asked = new List<(SweptAccount Account, Request Request)>();
        var written = new List<SweptAccount>();
        foreach (var group in Enumerable.Range(0, groups))
        {
            string[] namespaces = [$"{name}-{group}-shop", $"{name}-{group}-shop-eu", $"{name}-{group}-bank"];
            var (maker, requests) = (new EntitlementMaker(random, namespaces), new Requests(random, namespaces));
            SweptAccount[] accounts = [.. Enumerable.Range(0, AccountsOfAGroup).Select(number => SweptAccount.Make(
                $"{name}-{group}-{number}", new(namespaces[0], $"app-{number}"), Enumerable.Range(0, EntitlementsOfAnAccount).Select(_ => maker.Next(ofCluster: number % 5 == 0))))];
            foreach (var fidelity in accounts.SelectMany(account => account.Fidelities))
                _counts[fidelity] = _counts.GetValueOrDefault(fidelity) + 1;
            foreach (var (number, account) in accounts.Index())
            {
                written.Add(change is null ? account : change(account, accounts));
                foreach (var (of, entitlement) in account.Entitlements.Index())
                {
                    var around = requests.Around(entitlement).ToArray();
                    asked.AddRange(around.Select(request => (account, request)));
                    // And what one has, the next one may not have.
                    asked.AddRange(around.Take(of % 2).Select(request => (accounts[(number + 1) % AccountsOfAGroup], request)));
                }
            }

            await Task.WhenAll(namespaces.Select(space => _api.CreateAsync(ApiKinds.Namespace, new V1Namespace { Metadata = new() { Name = space } }, cancellation)));
        }

        await Parallel.ForEachAsync(written, Many(), async (account, _) => await WriteAsync(account));
        await WaitUntilHeardAsync($"{name}-last");
        var answers = new ConcurrentBag<WrongAnswer>();
        var distinct = asked.DistinctBy(one => (one.Account.Name, one.Request)).ToArray();
        var allowed = 0;
        await Parallel.ForEachAsync(distinct, Many(), async (one, _) =>
        {
            var answer = await IsAllowedAsync(one.Account.Name, one.Request);
            if (answer)
                Interlocked.Increment(ref allowed);
            var (may, must) = (one.Account.Entitlements.Any(asks => AskedFor.By(asks, one.Request)), one.Account.Given.Any(asks => AskedFor.By(asks, one.Request)));
            if (answer ? !may : must)
                answers.Add(new(one.Account, one.Request, answer));
        });
        (Requests, Allowed) = (Requests + distinct.Length, Allowed + allowed);
        (Accounts, Objects) = (Accounts + written.Count, Objects + written.Sum(one => one.Objects.Count));
        return [.. answers];
    }

    public void Dispose()
    {
        _api.Dispose();
        _client.Dispose();
    }

    private async Task WriteAsync(SweptAccount account)
    {
        var desired = new DesiredState(account.IdentityId, "k8s:test", new("k8s:test", account.Name.ToString()), 1, PrincipalWanted: true, [], []);
        var writer = new RbacWriter(new Writer(_api, _fence, cancellation), desired, account.Name);
        foreach (var wanted in account.Objects)
            await writer.CreateAsync(wanted);
    }

    /// <summary>The authorizer hears of objects in the order of their writing, of each kind apart; so these are the last of each.</summary>
    private async Task WaitUntilHeardAsync(string identityId)
    {
        var name = new ServiceAccountName("default", identityId);
        DesiredEntitlement[] last =
        [
            new(new("k8s:test", [Verb.List], [new("pods", "default", ResourceMatch.All, null)], Conditions.None), "g", null),
            new(new("k8s:test", [Verb.List], [new("nodes", "", ResourceMatch.All, null)], Conditions.None), "g", null),
        ];
        await WriteAsync(SweptAccount.Make(identityId, name, last));
        await Eventually.TrueAsync(
            async () => await IsAllowedAsync(name, new("default", new("", "pods", "list", null))) && await IsAllowedAsync(name, new(null, new("", "nodes", "list", null))),
            TimeSpan.FromSeconds(30), () => "The authorizer did not hear of what was written.", cancellation);
    }

    private async Task<bool> IsAllowedAsync(ServiceAccountName account, Request request)
    {
        var resource = request.Access.Resource.Split('/');
        using var answer = await _client.PostAsJsonAsync(new Uri("apis/authorization.k8s.io/v1/subjectaccessreviews", UriKind.Relative), new
        {
            spec = new
            {
                user = account.User,
                groups = account.Groups,
                resourceAttributes = new
                {
                    @namespace = request.Namespace ?? "", verb = request.Access.Verb, group = request.Access.Group, resource = resource[0],
                    subresource = resource.Length > 1 ? resource[1] : "", name = request.Access.Name ?? "",
                },
            },
        }, cancellation);
        answer.EnsureSuccessStatusCode();
        using var read = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(cancellation));
        return read.RootElement.GetProperty("status").GetProperty("allowed").GetBoolean();
    }

    private ParallelOptions Many() => new() { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation };
}
