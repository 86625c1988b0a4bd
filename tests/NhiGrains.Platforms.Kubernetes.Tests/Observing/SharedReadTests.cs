using System.Threading.Channels;
using NhiGrains.Platforms.Reading;

namespace NhiGrains.Platforms.Kubernetes.Tests.Observing;

public class SharedReadTests
{
    private readonly Channel<TaskCompletionSource<int>> _reads = Channel.CreateUnbounded<TaskCompletionSource<int>>();

    [Fact]
    public async Task Who_comes_during_a_read_gets_the_next_one_and_shares_it()
    {
        var shared = Shared();
        var first = shared.ReadAsync(TestContext.Current.CancellationToken);
        var reading = await StartedAsync();
        var second = shared.ReadAsync(TestContext.Current.CancellationToken);
        var third = shared.ReadAsync(TestContext.Current.CancellationToken);

        reading.SetResult(1);
        (await StartedAsync()).SetResult(2);

        Assert.Equal(1, await first);
        Assert.Equal(2, await second);
        Assert.Equal(2, await third);
    }

    [Fact]
    public async Task A_failure_is_of_those_who_shared_it_and_of_nobody_after_them()
    {
        var shared = Shared();
        var first = shared.ReadAsync(TestContext.Current.CancellationToken);
        var reading = await StartedAsync();
        var second = shared.ReadAsync(TestContext.Current.CancellationToken);
        reading.SetException(new IOException("broken"));

        (await StartedAsync()).SetResult(2);

        await Assert.ThrowsAsync<IOException>(() => first);
        Assert.Equal(2, await second);
    }

    [Fact]
    public async Task Who_gives_up_does_not_end_it_for_others()
    {
        var shared = Shared();
        using var impatient = new CancellationTokenSource();
        var first = shared.ReadAsync(impatient.Token);
        var reading = await StartedAsync();
        var second = shared.ReadAsync(impatient.Token);
        var third = shared.ReadAsync(TestContext.Current.CancellationToken);
        await impatient.CancelAsync();

        reading.SetResult(1);
        (await StartedAsync()).SetResult(2);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.Equal(2, await third);
    }

    private SharedRead<int> Shared() => new(_ =>
    {
        var read = new TaskCompletionSource<int>();
        _reads.Writer.TryWrite(read);
        return read.Task;
    });

    private async Task<TaskCompletionSource<int>> StartedAsync() =>
        await _reads.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
}
