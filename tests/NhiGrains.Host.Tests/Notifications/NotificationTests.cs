using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using NhiGrains.Contracts;
using NhiGrains.Contracts.Audit;
using NhiGrains.GraphQL.Access;
using NhiGrains.Host.Settings;
using NhiGrains.Host.Tests.Composition;
using NhiGrains.Host.Tests.Evidence;

namespace NhiGrains.Host.Tests.Notifications;

/// <summary>From the settings to a sink, with everything in between as it is in production.</summary>
public sealed class NotificationTests : IDisposable
{
    private const string Loud = "*";
    private const string Sinks = "{notificationSinks{name pending failing lastSuccess lastError lastErrorAt skipped skippedIds}}";

    private readonly string _folder = Directory.CreateTempSubdirectory("nhigrains-notifications-").FullName;
    private long _sequence;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_is_loud_arrives_in_order_over_a_sink_that_goes_away_and_a_restart_of_the_server()
    {
        await using var receiver = await ReceiverAsync();
        await using (var server = await StartAsync(receiver))
        {
            await Task.WhenAll(Enumerable.Range(0, 3).Select(number => TellAsync(server, $"one-{number}", Loud)));
            await server.EventuallyAsync(() => Task.FromResult(receiver.Arrived.Count == 3), $"{receiver.Arrived.Count} arrived");
            Assert.Equal((false, 0, null), await SinkAsync(server));

            await receiver.StopAsync();
            await TellAsync(server, "two", "pager");
            await TellAsync(server, "nobody's", notify: null);
            await TellAsync(server, "three", "pager, siem");
            await server.EventuallyAsync(async () => await SinkAsync(server) is (true, 2, "It could not be reached: ConnectionError."), "not failing");
        }

        // Nobody tries while the server is down, and what waits is in the log.
        await using (var server = await StartAsync(receiver))
        {
            await TellAsync(server, "four", Loud);
            await receiver.StartAsync();

            await server.EventuallyAsync(() => Task.FromResult(receiver.Arrived.Count >= 6), $"{string.Join(", ", receiver.Actions)} arrived");
            Assert.Equal(["io.nhigrains.two", "io.nhigrains.three", "io.nhigrains.four"], receiver.Actions.Skip(3));
            Assert.Empty(receiver.Wrong);
            Assert.Equal(6, receiver.Arrived.Select(one => one.MessageId).Distinct().Count());
            await server.EventuallyAsync(async () => await SinkAsync(server) is (false, 0, "It could not be reached: ConnectionError."), "still failing");
        }
    }

    [Fact]
    public async Task A_sink_that_is_sick_is_sent_the_same_event_again_under_the_same_id()
    {
        await using var receiver = await ReceiverAsync();
        var answers = 0;
        receiver.Answer = context =>
        {
            context.Response.StatusCode = Interlocked.Increment(ref answers) == 1 ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
            return Task.CompletedTask;
        };
        await using var server = await StartAsync(receiver);

        await TellAsync(server, "one", Loud);
        await TellAsync(server, "two", Loud);

        await server.EventuallyAsync(() => Task.FromResult(receiver.Arrived.Count == 3), $"{receiver.Arrived.Count} arrived");
        Assert.Equal(["io.nhigrains.one", "io.nhigrains.one", "io.nhigrains.two"], receiver.Actions);
        Assert.Equal(2, receiver.Arrived.Select(one => one.MessageId).Distinct().Count());
    }

    [Fact]
    public async Task Without_sinks_nothing_is_followed_and_a_secret_that_is_none_stops_the_start()
    {
        var (log, policy) = (new EveryLine(), Path.Combine(_folder, "policy.yaml"));
        await File.WriteAllTextAsync(policy, "format: 1\nname: shop\nrules:\n  - {name: r, effect: deny, match: {}, notify: [pager]}\n", TestContext.Current.CancellationToken);
        await using (var server = await RunningServer.StartAsync(_folder, log, (SettingKeys.Policy, policy)))
        {
            Assert.Equal("""{"notificationSinks":[]}""", (await server.QueryAsync(Sinks)).GetRawText());
            await server.EventuallyAsync(() => Task.FromResult(log.Lines.Any(line => line.Contains("none is configured", StringComparison.Ordinal))), "not warned");
        }

        var wrong = Path.Combine(_folder, "wrong");
        await File.WriteAllTextAsync(wrong, "hidden", TestContext.Current.CancellationToken);

        var refused = await Assert.ThrowsAsync<SetupException>(() => RunningServer.StartAsync(Path.Combine(_folder, "other"), ("notifications:pager:url", "https://pager.example"), ("notifications:pager:secretFile", wrong)));

        Assert.DoesNotContain("hidden", refused.Message, StringComparison.Ordinal);
    }

    private async Task<Receiver> ReceiverAsync()
    {
        var secret = Path.Combine(_folder, "secret");
        await File.WriteAllTextAsync(secret, $"whsec_{Convert.ToBase64String(new byte[32])}\n", TestContext.Current.CancellationToken);
        var receiver = new Receiver(secret);
        await receiver.StartAsync();
        return receiver;
    }

    private async Task<RunningServer> StartAsync(Receiver receiver)
    {
        var server = await RunningServer.StartAsync(
            Path.Combine(_folder, "data"),
            ($"{NotificationSettings.Section}:PAGER:url", receiver.Url.ToString()), ($"{NotificationSettings.Section}:PAGER:secretFile", Path.Combine(_folder, "secret")));
        await server.ReadyAsync();
        return server;
    }

    private async Task<(bool Failing, int Pending, string? LastError)> SinkAsync(RunningServer server)
    {
        var sink = Assert.Single((await server.QueryAsync(Sinks, RoleNames.Auditor)).GetProperty("notificationSinks").EnumerateArray());
        return (sink.GetProperty("failing").GetBoolean(), sink.GetProperty("pending").GetInt32(), sink.GetProperty("lastError").GetString());
    }

    private Task TellAsync(RunningServer server, string action, string? notify)
    {
        var source = AuditSources.OfIdentity("billing");
        var details = notify is null ? [] : new Dictionary<string, string> { ["notify"] = notify };
        return server.Services.GetRequiredService<IGrainFactory>().GetGrain<IAuditShardGrain>(Shards.Of("billing")).Append(new(source, [
            new(source, Interlocked.Increment(ref _sequence), TimeProvider.System.GetUtcNow(), "ada", action, "a test", null, "d", details)]));
    }
}
