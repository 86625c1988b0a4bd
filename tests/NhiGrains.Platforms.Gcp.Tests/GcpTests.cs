namespace NhiGrains.Platforms.Gcp.Tests;

/// <summary>Tests of what is Google's own, each in a project of its own.</summary>
public abstract class GcpTests : IAsyncLifetime
{
    private GcpTarget? _target;

    internal GcpTarget Target => _target ?? throw new InvalidOperationException("The target was not made.");

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _target = await GcpTarget.MakeAsync();

    public async ValueTask DisposeAsync()
    {
        if (_target is not null)
            await _target.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
