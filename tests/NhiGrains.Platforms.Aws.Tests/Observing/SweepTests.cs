using System.Globalization;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Aws.Compiling;
using NhiGrains.Platforms.Aws.Objects;
using NhiGrains.Sandbox.Aws;

namespace NhiGrains.Platforms.Aws.Tests.Observing;

/// <summary>What a sweep of a large account costs.</summary>
public sealed class SweepTests(ITestOutputHelper output)
{
    private const int Roles = 20_000;

    [Fact]
    public async Task A_large_account_is_read_in_large_pages()
    {
        await using var sandbox = await SandboxAccount.StartAsync();
        await using var proxy = await sandbox.StartProxyAsync();
        sandbox.Account.AddRoles(Enumerable.Range(0, Roles).Select(Role));
        var (services, connector) = sandbox.Place.Connector(options => options with { Endpoint = proxy.Address, RequestTimeout = TimeSpan.FromSeconds(60) });
        await using var _ = services;
        var since = TimeProvider.System.GetTimestamp();

        var (count, ours) = (0, 0);
        await foreach (var seen in connector.ObserveAllAsync(TestContext.Current.CancellationToken))
        {
            count++;
            ours += seen.Objects.Count(one => one is { Ownership: Ownership.Ours, Generation: 7 });
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Roles} roles: {proxy.Passed.Count} calls, {TimeProvider.System.GetElapsedTime(since).TotalSeconds:F1} s, {GC.GetTotalMemory(forceFullCollection: false) >> 20} MB in use at the end, the sandbox's included."));
        // And the account's admin.
        Assert.Equal((Roles + 1, Roles), (count, ours));
        Assert.True(proxy.Passed.Count <= (Roles / 1_000) + 2, $"{proxy.Passed.Count} calls");
    }

    private static AwsRoleSeed Role(int number)
    {
        const string body = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::orders-prod/1"}]}""";
        return new($"agent-{number}", Marker.Path, Marker.TagsOf($"agent-{number}"), new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [Marker.PolicyName($"agent-{number}", 1)] = PolicyText.WithId(body, Marker.PolicyId($"agent-{number}", 7)),
        });
    }
}
