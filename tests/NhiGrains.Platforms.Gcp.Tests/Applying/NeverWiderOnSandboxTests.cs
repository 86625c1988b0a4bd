using System.Text.Json.Nodes;
using CsCheck;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Gcp.Tests.Compiling;

namespace NhiGrains.Platforms.Gcp.Tests.Applying;

/// <summary>The property of <see cref="NeverWiderProperties"/> on fewer cases, applied one after the other, with the sandbox's authorizer asked.</summary>
public class NeverWiderOnSandboxTests : GcpTests
{
    private const int Cases = 25;
    private const int RequestsOfACase = 40;

    [Fact]
    public async Task What_is_applied_after_anything_else_allows_exactly_what_is_asked_for()
    {
        await MakeResourcesAsync();
        var generation = 1;
        var cases = NeverWiderProperties.Asked.Array[0, 3];
        await Gen.Select(cases, Gen.Int[0, int.MaxValue]).SampleAsync(async (entitlements, seed) =>
        {
            var possible = entitlements.Select(NeverWiderProperties.Possible).Where(one => Plan(one).Fidelity is not Fidelity.Refused).ToArray();
            var desired = Target.Desired(++generation) with { Entitlements = possible };
            var plan = Target.Plan(desired);
            await Target.ApplyAsync(desired);
#pragma warning disable CA5394 // A sample of requests needs no secure randomness.
            var requests = new Random(seed).GetItems(NeverWiderProperties.Requests, RequestsOfACase);
#pragma warning restore CA5394
            // The authorizer cannot be told the prefix of a list.
            foreach (var request in requests.Where(request => request.ListPrefix is null))
            {
                var allowed = await Target.Hands.AllowsAsync(Target.Binding.Principal, request.Permission, request.FullName, request.At);
                Assert.True(allowed == possible.Any(one => NeverWiderProperties.IsAskedBy(one, request, plan.Fidelity)), $"{request} was {allowed} with {string.Join('\n', plan.Objects)}");
            }
        }, iter: Cases, threads: 1);
    }

    private Translation Plan(DesiredEntitlement one) => Target.Plan(Target.Desired(1) with { Entitlements = [one] });

    private async Task MakeResourcesAsync()
    {
        const string project = $"v1/projects/{GcpTarget.Project}";
        foreach (var bucket in (string[])["orders", "orders-old", "archive"])
            await Target.Hands.CreateBucketAsync(bucket);
        foreach (var topic in (string[])["orders", "orders-old"])
            await Target.Hands.DoAsync("PUT", $"{project}/topics/{topic}", new JsonObject());
        foreach (var secret in (string[])["db", "db-old", "api"])
        {
            await Target.Hands.DoAsync("POST", $"{project}/secrets?secretId={secret}", new JsonObject { ["replication"] = new JsonObject { ["automatic"] = new JsonObject() } });
            await Target.Hands.DoAsync("POST", $"{project}/secrets/{secret}:addVersion", new JsonObject { ["payload"] = new JsonObject { ["data"] = "cGFzc3dvcmQ=" } });
        }

        foreach (var name in (string[])["checkout", "checkout-old"])
            await Target.Hands.DoAsync("POST", $"v2/projects/{GcpTarget.Project}/locations/{GcpTarget.Region}/services?serviceId={name}",
                new JsonObject { ["template"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["image"] = "checkout" }) } });
    }
}
