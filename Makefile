# duban 督办
#
#   make run     builds the demonstration office in DIR and serves it on HOST:PORT
#   make test    lint, types, import contracts, tests (docs/testing.md: one room's in seconds)
#
# Either does its own set-up in .venv and needs only Python 3.11 or newer, make and a package index.
# The set-up is repeated when a lock or pyproject.toml changed, or when this folder was moved.
# Kept to what GNU make 3.81 knows, which is what macOS carries.

DIR     = var/demo
HOST    = 127.0.0.1
PORT    = 8000
ARGS    =
PYTHON  =
UPGRADE =

VENV  = .venv
BIN   = $(VENV)/bin
PLACE = $(VENV)/place
RUN   = $(VENV)/run.stamp
DEV   = $(VENV)/dev.stamp

export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: help run test lint types contracts tests cover bench faults pictures lock clean FORCE

help:
	@echo 'make run        建立演示单位并打开网页 / build the demonstration office and serve it'
	@echo '                DIR=$(DIR) HOST=$(HOST) PORT=$(PORT)'
	@echo 'make test       全部检查 / lint, types, import contracts, tests (or one of: lint types contracts tests)'
	@echo '                ARGS= 传给 pytest / handed to pytest, as in: make tests ARGS="-k calendar"'
	@echo 'make cover      测试覆盖率 / the tests again, tracing which lines they run: half as fast'
	@echo 'make bench      性能比值，写入 docs/performance.md / print the ratios of tests/benchmarks and keep them'
	@echo 'make faults     各种工作反复被强行中止、磁盘满、断库等，清点有无丢失 / kill every work again and again, fill the disk…'
	@echo 'make pictures   重拍文档中的页面图 / take the pictures of docs/images anew (needs Chromium)'
	@echo 'make lock       重新锁定依赖 / write the locks anew; UPGRADE=1 takes newer versions'
	@echo 'make clean      删除虚拟环境和缓存，不动数据 / remove .venv and caches, never data'
	@echo 'PYTHON=python3.12 指定解释器 / names the interpreter of a new .venv'

# What is locked for development holds what is locked for running, so a developer's .venv is not stripped by `make run`.
run: $(firstword $(wildcard $(DEV)) $(RUN))
	$(BIN)/duban demo --dir "$(DIR)" --host "$(HOST)" --port "$(PORT)"

# In this order, even under -j: the last line of `make test` is pytest's own.
.NOTPARALLEL:
test: lint types contracts tests

lint: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.compose-spec examples/deploy/compose.yaml

types: $(DEV)
	$(BIN)/mypy

contracts: $(DEV)
	$(BIN)/lint-imports --no-logo

# Bytecode is kept even where Python is told to keep none: else every worker rewrites every test, every command
# that is started compiles us anew. A file stays with one worker, which compiles its statements and tells its office.
# One worker more than there are processors: somebody always waits for a server or a browser.
PYTEST = PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n $$(( $$($(BIN)/python -c 'import os; print(os.cpu_count())') + 1 )) \
         --dist loadfile --no-loadscope-reorder

tests: $(DEV)
	$(PYTEST) --durations 20 $(ARGS)

cover: $(DEV)
	$(PYTEST) --cov $(ARGS)
	$(BIN)/coverage report --include 'models/*' --omit 'models/migrations/versions/*' --fail-under 100

pictures: $(DEV)
	$(BIN)/python -m tests.browser.take_pictures $(ARGS)

bench: $(DEV)
	DUBAN_BENCH_RECORD=1 $(BIN)/pytest -m benchmark -s $(ARGS)

faults: $(DEV)
	$(BIN)/python -m tests.faults.kill_sender $(ARGS)
	$(BIN)/python -m tests.faults.kill_work $(ARGS)
	$(BIN)/python -m tests.faults.surroundings

COMPILE = $(BIN)/uv --quiet --system-certs pip compile --universal --python-version 3.11 --generate-hashes --no-header \
          --no-annotate --no-emit-index-url $(if $(UPGRADE),--upgrade)

lock: $(PLACE)
	$(COMPILE) --group setup --output-file requirements-setup.lock
	$(COMPILE) pyproject.toml --group build --output-file requirements.lock
	$(COMPILE) pyproject.toml --group build --group dev --constraints requirements.lock --output-file requirements-dev.lock

clean:
	rm -rf $(VENV) build dist .coverage .coverage.* .hypothesis
	rm -rf .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- set-up -------------------------------------------------------------------------------------------------------

NO_INDEX = 依赖未能安装。请确认本机能够访问 Python 软件包索引（pip 的设置在此有效），上面是 pip 的原话。\
\n      The packages could not be installed. Is a package index within reach of pip? Its own words stand above.

# uv takes three seconds where pip takes twenty-five, but knows nothing of pip's settings: it is told pip's index,
# and where that is not enough (a proxy, a private certificate) pip does it.
define install
	@echo "安装 $(1) / installing $(1)"
	@index="$${PIP_INDEX_URL:-$$($(BIN)/python -m pip config get global.index-url 2>/dev/null)}"; \
	if [ -n "$$index" ] && [ -z "$${UV_DEFAULT_INDEX:-}" ]; then export UV_DEFAULT_INDEX="$$index"; fi; \
	$(BIN)/uv --quiet --system-certs pip sync --python $(BIN)/python --require-hashes --compile-bytecode $(1) || { \
	    echo "uv 未能完成，改用 pip / uv could not, trying pip"; \
	    $(BIN)/python -m pip install --quiet --require-hashes --no-deps -r $(1); \
	} || { printf 'duban: $(NO_INDEX)\n' >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
endef

$(RUN): $(PLACE) requirements.lock pyproject.toml
	$(call install,requirements.lock)

$(DEV): $(PLACE) requirements-dev.lock pyproject.toml
	$(call install,requirements-dev.lock)

# A virtual environment knows its folder by absolute path: it is made anew where the folder was moved or its
# interpreter is gone.
ifneq ($(shell $(BIN)/python -c '' 2>/dev/null && cat $(PLACE) 2>/dev/null),$(CURDIR))
$(PLACE): FORCE
endif

$(PLACE): requirements-setup.lock
	@usable=; bare=; old=; \
	for python in $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11 python); do \
	    version=$$("$$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue; \
	    if ! "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then old="$$old $$version"; \
	    elif ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then bare="$$version"; \
	    else usable="$$python"; break; fi; \
	done; \
	if [ -n "$$usable" ]; then \
	    echo "用 $$usable($$version)建立 $(VENV) / making $(VENV)"; \
	    "$$usable" -m venv --clear $(VENV); \
	elif [ -n "$$bare" ]; then \
	    echo "duban: 缺少 venv 和 ensurepip 模块（Python $$bare）。Debian、Ubuntu 请安装 python3-venv。" >&2; \
	    echo "      Python $$bare lacks the modules venv and ensurepip: on Debian or Ubuntu install python3-venv." >&2; \
	    exit 1; \
	elif [ -n "$$old" ]; then \
	    echo "duban: Python 版本过低（本机有$$old），需要 3.11 或更高版本。" >&2; \
	    echo "      Python 3.11 or newer is needed; found here:$$old." >&2; \
	    exit 1; \
	else \
	    echo "duban: 没有找到 Python,需要 3.11 或更高版本。" >&2; \
	    echo "      Python is missing: version 3.11 or newer is needed." >&2; \
	    exit 1; \
	fi
	@$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements-setup.lock \
	    || { printf 'duban: $(NO_INDEX)\n' >&2; exit 1; }
	@echo "$(CURDIR)" > $@
