using Microsoft.Extensions.DependencyInjection;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.Aws.Api;
using NhiGrains.Platforms.Budgets;

namespace NhiGrains.Platforms.Aws.Tests;

/// <summary>An account for tests, real or not: where it is, and the key of somebody who may do everything.</summary>
internal sealed record AwsPlace(Uri Address, string AccountId, AwsAccessKey Admin)
{
    public const string PlatformId = "aws:test";

    public AwsPlatformOptions Options { get; } = new()
    {
        Platform = PlatformId,
        AccountId = AccountId,
        Endpoint = Address,
        Credentials = Admin,
        // The first call of a process on a busy machine takes seconds.
        RequestTimeout = TimeSpan.FromSeconds(30),
        PropagationLag = TimeSpan.FromSeconds(5),
        Budget = new() { CallsPerSecond = 5_000, Burst = 1_000 },
    };

    public (ServiceProvider Services, IPlatformConnector Connector) Connector(Func<AwsPlatformOptions, AwsPlatformOptions>? change = null, TimeProvider? time = null)
    {
        var services = new ServiceCollection().AddSingleton(time ?? TimeProvider.System).AddAwsPlatform(change is null ? Options : change(Options)).BuildServiceProvider();
        return (services, services.GetRequiredService<IPlatformConnector>());
    }

    public ServiceProvider Connector(Func<AwsPlatformOptions, AwsPlatformOptions> change, out IPlatformConnector connector)
    {
        (var services, connector) = Connector(change);
        return services;
    }

    /// <summary>The calls themselves, for hands that work past the connector.</summary>
    public IamApi Api(AwsAccessKey? key = null)
    {
        var options = Options with { Credentials = key ?? Admin };
        return new(new AwsTransport(options, new CallBudget(options.Budget, TimeProvider.System), TimeProvider.System), new(TimeProvider.System, TimeSpan.Zero));
    }

    public static Entitlement On(string type, string container, ResourceMatch match, string? name, params Verb[] verbs) =>
        new(PlatformId, verbs, [new(type, container, match, name)], Conditions.None);
}
