using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace NhiGrains.Host.Tests.Composition;

/// <summary>Keeps what went wrong by the log: every error, and every warning that comes with an exception.</summary>
internal sealed class LogRecorder : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _faults = new();

    public IReadOnlyCollection<string> Faults => _faults;

    public ILogger CreateLogger(string categoryName) => new Recorder(categoryName, _faults);

    public void Dispose()
    {
    }

    private sealed class Recorder(string category, ConcurrentQueue<string> faults) : ILogger
    {
        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Error || (logLevel == LogLevel.Warning && exception is not null))
                faults.Enqueue($"{logLevel} {category}: {formatter(state, exception)} {exception}");
        }
    }
}
