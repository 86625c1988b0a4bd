using Google.Apis.Auth.OAuth2;
using Microsoft.Extensions.Time.Testing;
using NhiGrains.Platforms.Budgets;
using NhiGrains.Platforms.Gcp.Api;
using NhiGrains.Platforms.Gcp.Objects;
using NhiGrains.Platforms.Gcp.Policies;
using NhiGrains.Platforms.TestKit.Contract;
using NhiGrains.Platforms.TestKit.Faults;

namespace NhiGrains.Platforms.Gcp.Tests.Policies;

/// <summary>Changes of one policy that come at once.</summary>
public class PolicyEditorTests : GcpTests
{
    private static readonly Place Bucket = Place.Bucket(GcpTarget.Bucket);

    [Fact]
    public async Task Those_who_wait_are_written_together_and_each_is_there()
    {
        using var google = Google();
        var editor = new PolicyEditor(new(google));

        var written = await Task.WhenAll(Enumerable.Range(1, 40).Select(number => editor.EditAsync(Bucket, Add(number), ConnectorTarget.Valid(), Cancellation)));

        Assert.All(written, Assert.True);
        var policy = await PolicyTextAsync();
        Assert.All(Enumerable.Range(1, 40), number => Assert.Contains($"person-{number}@", policy, StringComparison.Ordinal));
        Assert.True(Target.Proxy.Passed.Count(Target.Writes) < 10, $"{Target.Proxy.Passed.Count(Target.Writes)} writes");
    }

    [Fact]
    public async Task One_that_Google_does_not_take_holds_up_nobody_else()
    {
        using var google = Google();
        var editor = new PolicyEditor(new(google));
        // While the first is under way, the others gather.
        using var slow = Target.Proxy.Inject(new Fault.Delay(TimeSpan.FromMilliseconds(300)), request => request.Reads, times: 1);
        var good = Enumerable.Range(1, 10).Select(number => editor.EditAsync(Bucket, Add(number), ConnectorTarget.Valid(), Cancellation)).ToArray();

        var bad = editor.EditAsync(Bucket, Add(99, "roles/no.such.role"), ConnectorTarget.Valid(), Cancellation);

        Assert.Equal(PlatformError.Rejected, (await Assert.ThrowsAsync<PlatformException>(() => bad)).Error);
        Assert.All(await Task.WhenAll(good), Assert.True);
        Assert.DoesNotContain("person-99@", await PolicyTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_who_was_away_too_long_is_left_out_and_the_others_are_written()
    {
        using var google = Google();
        var (editor, clock) = (new PolicyEditor(new(google)), new FakeTimeProvider());
        using var freeze = Target.Proxy.Inject(new Fault.DropBefore(), request =>
        {
            if (request.Target.Contains("/iam?", StringComparison.Ordinal))
                clock.Advance(TimeSpan.FromSeconds(160));
            return false;
        });

        var away = editor.EditAsync(Bucket, Add(1), new Fence(clock, TimeSpan.FromSeconds(10)), Cancellation);
        var others = Enumerable.Range(2, 5).Select(number => editor.EditAsync(Bucket, Add(number), ConnectorTarget.Valid(), Cancellation)).ToArray();

        Assert.Equal(PlatformError.Fenced, (await Assert.ThrowsAsync<PlatformException>(() => away)).Error);
        Assert.All(await Task.WhenAll(others), Assert.True);
        Assert.DoesNotContain("person-1@", await PolicyTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_who_no_longer_waits_ends_nothing_for_the_others()
    {
        using var google = Google();
        var editor = new PolicyEditor(new(google));
        using var soon = new CancellationTokenSource();
        using var slow = Target.Proxy.Inject(new Fault.Delay(TimeSpan.FromMilliseconds(500)), request => request.Reads, times: 1);

        var impatient = editor.EditAsync(Bucket, Add(1), ConnectorTarget.Valid(), soon.Token);
        var other = editor.EditAsync(Bucket, Add(2), ConnectorTarget.Valid(), Cancellation);
        await soon.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        Assert.True(await other);
    }

    [Fact]
    public async Task What_is_right_as_it_is_is_not_written()
    {
        using var google = Google();

        Assert.False(await new PolicyEditor(new(google)).EditAsync(Bucket, _ => false, ConnectorTarget.Valid(), Cancellation));

        Assert.DoesNotContain(Target.Proxy.Passed, Target.Writes);
    }

    private GoogleServices Google() => new(new(
        GoogleCredential.FromAccessToken(Target.Cloud.AdministratorToken), Target.Proxy.Address, TimeSpan.FromSeconds(5), new CallBudget(new() { CallsPerSecond = 10_000, Burst = 10_000 }, TimeProvider.System)));

    private async Task<string> PolicyTextAsync() => (await Target.Hands.PolicyAsync($"storage/v1/b/{GcpTarget.Bucket}")).ToJsonString();

    private static Func<Policy, bool> Add(int number, string role = "roles/storage.objectViewer") => policy =>
    {
        policy.Bindings?.Add(new() { Role = role, Members = [$"user:person-{number}@example.com"] });
        return true;
    };
}
